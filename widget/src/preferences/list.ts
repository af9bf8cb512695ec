// The purposes, the vendors within each, and the search that narrows them.

import texts from 'sekisho:preferences';
import type { Say } from '../i18n/text';
import { FIRST_PURPOSE, type BannerTexts, type Host, type SiteVendor, type VendorFacts } from '../types';
import { h, list } from '../ui/kit';
import type { Choices } from './choices';
import { facts } from './vendor';

/** From this many vendors on, one searches rather than scrolls. */
const SEARCH_FROM = 11;

/** Returns what stands between the dialog's introduction and its end. */
export function vendorList(host: Host, { language, purposes }: BannerTexts, say: Say, { on, toggle, watch }: Choices): (Node | false)[] {
  const consents = host.consents();
  const labels = Object.values(purposes);
  const always = () => h('span', { class: 'state soft' }, say('preferences.always'));

  /** Each row with the words by which it is found. */
  const rows: [HTMLElement, string][] = [];
  const vendor = ([id, , , flags]: SiteVendor, told: VendorFacts) => {
    const [name, entity, main, , , , , , , formerNames, , , linked] = told;
    const also = labels.filter((_, i) => i != main && (flags >> (FIRST_PURPOSE + i)) & 1);
    const all = [labels[main], ...also];
    const tag = (key: string) => h('small', { class: 'tag' }, say(key));
    const details = h(
      'details',
      {
        // Made when they are asked for: most of them never are, and for three
        // hundred vendors they cost a tenth of a second.
        ontoggle() {
          details.ontoggle = null;
          details.append(facts(told, all, language, say));
        },
      },
      h(
        'summary',
        null,
        name,
        // The vendor stands under its main purpose: whoever switches another one
        // off must see that it is served here, too.
        also.length > 0 && h('small', { class: 'soft' }, say('preferences.also', { purposes: list(language, also) })),
        !!linked && tag('preferences.linked'),
        host.decided() && id in on && consents[id] == 'unasked' && tag('preferences.unasked'),
      ),
    );
    const row = h('li', { class: 'vendor' }, details, id in on ? toggle('data-vendor', id, name, [id]) : always());
    rows.push([row, [id, name, entity, formerNames, ...all].join('\n').toLowerCase()]);
    return row;
  };

  const section = (purpose: string, position: number) => {
    const within = host.site.vendors
      .map((vendor, i): [SiteVendor, VendorFacts] => [vendor, texts.vendors[i]])
      .filter(([, [, , main]]) => main == position);
    const asked = within.map(([[id]]) => id).filter((id) => id in on);
    const label = labels[position];
    const count = h('span', { class: 'soft', id: 'count-' + purpose });
    const control = asked.length ? toggle('data-purpose', purpose, label, asked) : always();
    if (asked.length) {
      // Screen readers take "mixed" on a switch for "off": the count tells them.
      control.setAttribute('aria-describedby', count.id);
      watch(() => {
        count.textContent = say('preferences.count', { n: asked.length, on: asked.filter((id) => on[id]).length });
      });
    }
    return (
      within.length > 0 &&
      h(
        'section',
        null,
        h('div', { class: 'row' }, h('h3', null, label), count, control),
        h('p', null, texts.purposes[position]),
        h('ul', null, ...within.map((row) => vendor(...row))),
      )
    );
  };
  const sections = Object.keys(purposes).map(section);

  const found = h('p', { role: 'status', class: 'soft' });
  const search = h('input', {
    type: 'search',
    placeholder: say('preferences.search'),
    'aria-label': say('preferences.search'),
    oninput() {
      const wanted = search.value.trim().toLowerCase();
      for (const [row, words] of rows) row.hidden = !words.includes(wanted);
      for (const part of sections) if (part) part.hidden = !part.querySelector('li:not([hidden])');
      found.textContent = wanted && say('preferences.found', { n: rows.filter(([row]) => !row.hidden).length });
    },
  });
  return [rows.length >= SEARCH_FROM && search, found, ...sections];
}
