/**
 * The result of `fn`, or undefined when it throws: browsers throw from the very getters of cookies and storage where
 * a visitor has switched them off, and a page must not notice.
 */
export const attempt = <T>(fn: () => T): T | undefined => {
  try {
    return fn();
  } catch {}
};
