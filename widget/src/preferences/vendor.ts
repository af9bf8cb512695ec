// What the preferences tell of one vendor.

import type { Say } from '../i18n/text';
import type { VendorFacts } from '../types';
import { h, link, list } from '../ui/kit';

/** A cookie's lifetime in words: amount and unit, 0 for a session, nothing where it is unknown. */
export function lifetime(language: string, say: Say, amount?: string, unit?: string): string {
  return unit
    ? new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(+amount!)
    : say(amount ? 'session' : 'unknown');
}

/** The vendor's facts as a list of terms; `purposes` are all of its own, the main one first. A fact that no named source confirms says so. */
export function facts(vendor: VendorFacts, purposes: string[], language: string, say: Say): HTMLElement {
  const [, entity, , country, receives, usedFor, privacy, optOut, cookies, formerNames, unverified, spoken] = vendor;
  const mark = (key: string) => unverified?.includes(key) && h('small', null, say('unverified'));
  const row = (key: string, ...content: (Node | string | false | undefined)[]) =>
    content[0] ? [h('dt', null, say(key)), h('dd', null, ...content, mark(key))] : [];
  // Catalogue entries speak Japanese and English alone.
  const told = (words?: string) => words && h('span', { lang: spoken || language }, words);
  const outside = (key: string, url?: string) => {
    if (!url) return;
    const way = link(url, say(key));
    way.setAttribute('aria-label', say(key) + say('newTab'));
    return h('dd', { class: 'wide' }, way, mark(key));
  };
  return h(
    'dl',
    null,
    ...row(
      'entity',
      entity,
      !!formerNames && h('small', null, ' ' + say('formerly', { names: list(language, formerNames.split('\n')) })),
    ),
    ...row('country', country && new Intl.DisplayNames(language, { type: 'region' }).of(country)),
    ...row('purposes', list(language, purposes)),
    ...row('receives', told(receives)),
    ...row('usedFor', told(usedFor)),
    ...row(
      'cookies',
      ...(cookies || '').split(',').map((cookie) => {
        const [name, amount, unit] = cookie.split(' ');
        return name && h('div', null, h('code', null, name), ' ' + lifetime(language, say, amount, unit));
      }),
    ),
    outside('privacy', privacy),
    outside('optOut', optOut),
  );
}
