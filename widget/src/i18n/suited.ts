const primary = (tag: string) => tag.split('-')[0].toLowerCase();
/** Of Chinese: whether a tag means the script of Taiwan, Hong Kong and Macao ("zh-Hans-HK" does not). */
const traditional = (tag: string) => /^..-(hant|tw|hk|mo)/i.test(tag);

/**
 * Returns that of the site's languages which suits the first of the wanted ones that any suits, or undefined. "zh-HK" is
 * written as "zh-Hant" is, other Chinese as "zh-Hans"; where a site has just one of the two, that is better than
 * another language. Regions make no other difference: "pt" and "pt-PT" suit "pt-BR".
 */
export const suited = (languages: string[], wanted: readonly string[]): string | undefined =>
  wanted
    .map((tag) => {
      const same = languages.filter((language) => primary(language) == primary(tag));
      return same.find((language) => traditional(language) == traditional(tag)) || same[0];
    })
    .find((language) => language);
