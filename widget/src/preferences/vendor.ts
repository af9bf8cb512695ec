// What the preferences tell of one vendor.

import texts from 'sekisho:preferences';
import { list, type Say } from '../i18n/text';
import type { BannerTexts } from '../types';
import { h, link } from '../ui/dom';

const UNITS: [string, number][] = [
  ['year', 31536000],
  ['month', 2592000],
  ['day', 86400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
];

/** A cookie's lifetime in words, in the largest unit that divides it; a month counts 30 days, a year 365. */
export function lifetime(language: string, say: Say, seconds?: number): string {
  if (!seconds) return say(seconds === 0 ? 'preferences.session' : 'preferences.unknown');
  const [unit, size] = UNITS.find((candidate) => seconds % candidate[1] === 0) || UNITS[5];
  return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(seconds / size);
}

/** The vendor's facts as a list of terms; a fact that no named source confirms says so. */
export function facts(id: string, { language, purposes }: BannerTexts, say: Say): HTMLElement {
  const vendor = texts.vendors[id];
  const { formerNames, cookies = [], unverified = [] } = vendor;
  const rows: HTMLElement[] = [];
  const row = (key: string, fact: string, ...content: (Node | string | false)[]) => {
    if (!content[0]) return;
    rows.push(
      h('dt', null, say('preferences.' + key)),
      h('dd', null, ...content, unverified.includes(fact) && h('small', null, say('preferences.unverified'))),
    );
  };
  const outside = (key: string, fact: string, url?: string) =>
    url &&
    h(
      'dd',
      { class: 'wide' },
      link(url, say('preferences.' + key), h('span', { class: 'hidden' }, say('preferences.newTab'))),
      unverified.includes(fact) && h('small', null, say('preferences.unverified')),
    );

  row(
    'entity',
    'entity',
    vendor.entity,
    !!formerNames && h('small', null, ' ' + say('preferences.formerly', { names: list(language, formerNames) })),
  );
  row('country', 'country', vendor.country && new Intl.DisplayNames(language, { type: 'region' }).of(vendor.country)!);
  row('purposes', 'purposes', list(language, vendor.purposes.map((purpose) => purposes[purpose])));
  // Catalogue entries speak Japanese and English alone.
  for (const fact of ['receives', 'usedFor'] as const) row(fact, fact, h('span', { lang: vendor.language || language }, vendor[fact]));
  row(
    'cookies',
    'cookies',
    ...cookies.map(({ name, seconds }) =>
      h('div', null, h('code', null, name), ' ' + lifetime(language, say, seconds)),
    ),
  );
  return h(
    'dl',
    null,
    ...rows,
    vendor.linked && h('dd', { class: 'wide' }, say('preferences.linkedText')),
    outside('privacy', 'links.privacy', vendor.privacy),
    outside('optOut', 'links.optOut', vendor.optOut),
  );
}
