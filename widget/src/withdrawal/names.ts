/** A visitor's refusal towards the vendor itself: it outlives whatever was agreed with the site. */
const REFUSAL = /opt.?out|_oo$/i;

/**
 * Whether a name is one that `patterns` claim and `others` do not; '*' in a pattern stands for any text. Never what is
 * Sekisho's own, nor what looks like a refusal.
 */
export const claims = (patterns: string[], others: string[]): ((name: string) => boolean) => {
  const any = (all: string[]) =>
    RegExp(`^(${all.map((one) => one.replace(/[^\w*]/g, '\\$&').replaceAll('*', '.*')).join('|') || '(?!)'})$`, 's');
  const mine = any(patterns);
  const theirs = any(others);
  return (name) => mine.test(name) && !theirs.test(name) && !/^sekisho/.test(name) && !REFUSAL.test(name);
};
