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

const read = (path, parse = JSON.parse) => parse(readFileSync(path, 'utf8'));

/** What server/bundle makes of some accents and of whole themes, by name; written by its tests. */
export const THEMES = read(new URL('themes.json', import.meta.url));
const purposesOf = (vendor) => (vendor.id === 'stripe' ? ['necessary'] : vendor.purposes);

/** The facts that are shown and that no named source confirms, as unverified() of server/bundle has them. */
const unverified = (v, language) =>
  ['entity', 'country', 'purposes', 'receives', 'usedFor', 'cookies', 'links.privacy', 'links.optOut']
    .filter((shown) => v.unverified?.some((fact) => fact === shown || shown.startsWith(fact + '.') || fact === `${shown}.name.${language}`))
    .map((shown) => shown.replace('links.', ''))
    .join(' ');

/** As cookies() of server/bundle: in the largest unit that divides each. */
const UNITS = [['year', 31536000], ['month', 2592000], ['day', 86400], ['hour', 3600], ['minute', 60], ['second', 1]];
const lifetime = (seconds) => {
  const [unit, size] = UNITS.find(([, size]) => seconds % size === 0) || [];
  return seconds ? ` ${seconds / size} ${unit}` : seconds === 0 ? ' 0' : '';
};

/** The names of VendorFacts in their order: those of types.ts. */
const FACTS = read(join(repository, 'widget/src/types.ts'), (text) =>
  [.../^export type VendorFacts = \[\n(.*?)^\]/ms.exec(text)[1].matchAll(/^ {2}(\w+)\??: /gm)].map(([, name]) => name),
);

/** As server/bundle sends them: what is empty at a column's end is left out. */
const columns = (rows) => FACTS.map((_, i) => {
  const column = rows.map((row) => row[i]);
  return column.slice(0, column.findLastIndex((fact) => fact) + 1);
});

/** No language of the widget's yet, but one that is written from right to left: what it has no words for is English. */
const ARABIC = read(join(repository, 'cmd/sekisho/e2e/ui/ar.json'));

/** The messages of a language whose keys begin with one of the given parts. */
export function messages(language, ...parts) {
  const of = (name) => read(join(repository, `widget/src/i18n/${name}.json`));
  const all = language === 'ar' ? { ...of('en'), ...ARABIC } : of(language);
  return Object.fromEntries(Object.entries(all).filter(([key]) => parts.includes(key.split('.')[0])));
}

/**
 * Both virtual modules, and the rows that the gate's file has of the vendors. `accent` is one of THEMES.
 * `since` and `facts` set some vendors' revision and preferences' facts apart;
 * `signals` are those whom Global Privacy Control is about; `copies` makes many of the same vendors.
 */
export function sample({ language = 'ja', ids = TWENTY, theme = {}, accent = '', linked = [], texts = {}, since = {}, facts = {}, signals = [], copies = 1 } = {}) {
  const once = ids.map((id) => read(join(catalogue, 'data', id + '.json')));
  const vendors = Array.from({ length: copies }, (_, n) => once.map((v) => (n ? { ...v, id: v.id + n, purposes: purposesOf(v) } : v))).flat();
  const shown = (value) => [language, 'en', 'ja'].find((known) => value?.[known]);
  const text = (value) => value?.[shown(value)] || '';
  const used = new Set(vendors.flatMap(purposesOf));
  const purposes = (what) =>
    Object.fromEntries(
      read(join(catalogue, 'purposes.json'))
        .filter(({ id }) => used.has(id))
        .map((purpose) => [purpose.id, language === 'ar' ? ARABIC['purposes.' + what][purpose.id] : text(purpose[what])]),
    );
  return {
    /** What decides at compile time which rules and ways are sent. */
    look: { ...THEMES[accent], ...theme },
    banner: {
      language,
      dir: language === 'ar' ? 'rtl' : 'ltr',
      messages: { ...messages(language, 'common', 'banner'), ...texts },
      siteName: text({ ja: '例の店', en: 'Example shop' }),
      purposes: purposes('label'),
      css: THEMES[accent].css,
      noticeUrl: 'https://consent.example.jp/sites/shop/notice',
    },
    preferences: {
      messages: Object.fromEntries(Object.entries(messages(language, 'preferences')).map(([key, text]) => [key.slice('preferences.'.length), text])),
      purposes: Object.values(purposes('explanation')),
      vendors: columns(vendors.map((v) => {
        const told = {
          name: text(v.name),
          entity: text(v.entity.name),
          purpose: Object.keys(purposes('label')).indexOf(purposesOf(v)[0]),
          country: v.country,
          receives: text(v.receives),
          usedFor: text(v.usedFor),
          privacy: text(v.links.privacy),
          optOut: v.links.optOut,
          cookies: v.cookies?.map(({ name, lifetimeSeconds }) => name + lifetime(lifetimeSeconds)).join(),
          formerNames: v.entity.formerNames?.join('\n'),
          unverified: unverified(v, shown(v.entity.name)),
          language: shown(v.receives) === language ? '' : shown(v.receives),
          linked: +linked.includes(v.id),
          ...facts[v.id],
        };
        return FACTS.map((name) => told[name] ?? '');
      })),
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
        purposesOf(v)[0] === 'necessary' ? 1 : signals.includes(v.id) ? 2 : 0,
      ),
    ]),
  };
}
