// What server/bundle hands to the widget, made here from the catalogue for
// twenty vendors, so that the interface is tested with real texts.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const repository = new URL('../../../..', import.meta.url).pathname;
const catalogue = join(repository, 'vendors');

/** The vendors of a usual Japanese shop; the last is necessary on it. */
export const TWENTY = [
  'google-tag-manager', 'google-analytics-4', 'microsoft-clarity', 'user-heat', 'ad-ebis',
  'google-ads', 'criteo', 'meta-pixel', 'x-pixel', 'line-tag', 'yahoo-japan-ads', 'taboola',
  'karte', 'rtoaster', 'satori', 'marketo', 'instapage', 'ferret-one', 'youtube-embed', 'stripe',
];

const read = (path) => JSON.parse(readFileSync(path, 'utf8'));

/** What server/bundle makes of some accents and of whole themes, by name; written by its tests. */
export const THEMES = read(new URL('themes.json', import.meta.url));
const purposesOf = (vendor) => (vendor.id === 'stripe' ? ['necessary'] : vendor.purposes);

/** The facts that are shown and that no named source confirms, as unverified() of server/bundle has them. */
const unverified = (v, language) => {
  const marked = ['entity', 'country', 'purposes', 'receives', 'usedFor', 'cookies', 'links.privacy', 'links.optOut'].filter((shown) =>
    v.unverified?.some((fact) => fact === shown || shown.startsWith(fact + '.') || fact === `${shown}.name.${language}`),
  );
  return marked.length ? marked : undefined;
};

/** The messages of a language whose keys begin with one of the given parts. */
export function messages(language, ...parts) {
  const all = read(join(repository, `widget/src/i18n/${language}.json`));
  return Object.fromEntries(Object.entries(all).filter(([key]) => parts.includes(key.split('.')[0])));
}

/**
 * Both virtual modules, and the rows that the gate's file has of the vendors. `accent` is one of THEMES.
 * `since` and `facts` set some vendors' revision and preferences' facts apart;
 * `copies` makes many of the same vendors.
 */
export function sample({ language = 'ja', ids = TWENTY, theme = {}, accent = '', linked = ['marketo'], texts = {}, since = {}, facts = {}, copies = 1 } = {}) {
  const once = ids.map((id) => read(join(catalogue, 'data', id + '.json')));
  const vendors = Array.from({ length: copies }, (_, n) => once.map((v) => (n ? { ...v, id: v.id + n, purposes: purposesOf(v) } : v))).flat();
  const shown = (value) => [language, 'en', 'ja'].find((known) => value?.[known]);
  const text = (value) => value?.[shown(value)] || '';
  const used = new Set(vendors.flatMap(purposesOf));
  const purposes = (what) =>
    Object.fromEntries(
      read(join(catalogue, 'purposes.json'))
        .filter(({ id }) => used.has(id))
        .map((purpose) => [purpose.id, text(purpose[what])]),
    );
  return {
    banner: {
      language,
      dir: 'ltr',
      messages: { ...messages(language, 'common', 'banner'), ...texts },
      siteName: text({ ja: '例の店', en: 'Example shop' }),
      purposes: purposes('label'),
      theme: { ...THEMES[accent], ...theme },
      noticeUrl: 'https://consent.example.jp/sites/shop/notice',
    },
    preferences: {
      messages: messages(language, 'preferences'),
      purposes: purposes('explanation'),
      vendors: Object.fromEntries(
        vendors.map((v) => [
          v.id,
          {
            name: text(v.name),
            purposes: purposesOf(v),
            entity: text(v.entity.name),
            country: v.country,
            receives: text(v.receives),
            usedFor: text(v.usedFor),
            language: shown(v.receives) === language ? undefined : shown(v.receives),
            privacy: text(v.links.privacy),
            optOut: v.links.optOut,
            linked: linked.includes(v.id) || undefined,
            formerNames: v.entity.formerNames,
            cookies: v.cookies?.map(({ name, lifetimeSeconds }) => ({ name, seconds: lifetimeSeconds })),
            unverified: unverified(v, shown(v.entity.name)),
            ...facts[v.id],
          },
        ]),
      ),
      contact: {
        controller: text({ ja: '例の店株式会社', en: 'Example Shop K.K.' }),
        email: 'privacy@example.jp',
        url: '',
        phone: '03-0000-0000',
      },
    },
    // Flag.Necessary is 1; from bit 3 on (FIRST_PURPOSE), the purposes in use.
    vendors: vendors.map((v, index) => [
      v.id,
      index,
      since[v.id] || 1,
      Object.keys(purposes('label')).reduce(
        (flags, purpose, i) => flags | (purposesOf(v).includes(purpose) ? 8 << i : 0),
        purposesOf(v)[0] === 'necessary' ? 1 : 0,
      ),
    ]),
  };
}
