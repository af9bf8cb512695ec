// Turns a message key into words. The messages lie in one JSON file a language;
// ja is the master. A bundle carries only the keys that its file uses, by their
// first part: common. and banner. with the banner, preferences. with the preferences.

export type Say = (key: string, values?: Record<string, string | number>) => string;

/**
 * Returns what speaks: the message of a key with its placeholders filled in.
 * `{name}` stands for a value, `{n|one:vendor|other:vendors}` for the word
 * that the language's plural rules ask for with the number n.
 */
export const speaker =
  (language: string, messages: Record<string, string>): Say =>
  (key, values = {}) =>
    (messages[key] || '').replace(/\{(\w+)(\|[^}]*)?\}/g, (_, name: string, forms?: string) => {
      if (!forms) return '' + values[name];
      const category = new Intl.PluralRules(language).select(values[name] as number);
      return (forms.split(`|${category}:`)[1] || '').split('|')[0];
    });

/**
 * Joins words: 「A、B、C」, "A, B, C". By hand and without an "and", since the first Intl.ListFormat of a page takes some
 * 12 ms of its main thread (Chromium 156), and on a phone several times that.
 */
export const list = (language: string, words: string[]) => words.join(/^(ja|zh)/.test(language) ? '、' : ', ');
