// Turns a message key into words. The messages lie in one JSON file a language;
// ja is the master. A bundle carries only the keys that its file uses, by their
// first part: common. and banner. with the banner, preferences. with the preferences.

type Values = Record<string, string | number>;

/**
 * Returns what speaks: the message of a key with its placeholders filled in.
 * `{name}` stands for a value, `{n|one:vendor|other:vendors}` for the word
 * that the language's plural rules ask for with the number n.
 */
export const speaker =
  (language: string, messages: Record<string, string>) =>
  (key: string, values: Values = {}): string =>
    (messages[key] || '').replace(/\{(\w+)(\|[^}]*)?\}/g, (_, name: string, forms?: string) => {
      if (!forms) return '' + values[name];
      const category = new Intl.PluralRules(language).select(values[name] as number);
      const words = Object.fromEntries(forms.slice(1).split('|').map((form) => form.split(':')));
      return words[category] || words.other;
    });

/** Joins words as the language does: 「A、B、C」, "A, B, and C". */
export const list = (language: string, words: string[]) => new Intl.ListFormat(language).format(words);
