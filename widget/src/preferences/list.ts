// Those who are asked about on their own, then the purposes with the vendors within each.

import texts from 'sekisho:preferences';
import type { Say } from '../i18n/text';
import { FIRST_PURPOSE, type BannerTexts, type Host, type VendorFacts } from '../types';
import { h, list } from '../ui/kit';
import type { Choices } from './choices';
import { marker, tag } from './marks';
import { search, type Row } from './search';
import { facts } from './vendor';

/** Returns what stands between the dialog's introduction and its end. */
export function vendorList(host: Host, { language, purposes }: BannerTexts, say: Say, choices: Choices): (Node | false)[] {
  const { vendors } = host.site;
  const { on, toggle, watch } = choices;
  const labels = Object.values(purposes);
  const always = () => h('span', { class: 'state soft' }, say('always'));
  const marks = marker(host, language, say, choices);
  const rows: Row[] = [];
  const [, , mains, , , , , , , , , , linked] = texts.vendors;

  const vendor = (position: number) => {
    const [id, , , flags] = vendors[position];
    const told = texts.vendors.map((facts) => facts[position]) as VendorFacts;
    const [name, entity, main = 0, , , , , , cookies, formerNames, , , apart, changed = ''] = told;
    const also = labels.filter((_, i) => i != main && (flags >> (FIRST_PURPOSE + i)) & 1);
    const all = [labels[main], ...also];
    const [tags, fresh] = marks(position, changed);
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
        // It stands under its main purpose, or under none: whoever switches
        // another one off must see that it is served here, too.
        apart
          ? h('small', { class: 'soft' }, list(language, all))
          : also.length > 0 && h('small', { class: 'soft' }, say('also', { purposes: list(language, also) })),
        !!apart && !(id in on) && tag(say('linked')),
        ...tags,
      ),
    );
    const element = h('li', { class: 'vendor' }, details, id in on ? toggle('data-vendor', id, name, [id]) : always());
    rows[position] = [element, fresh, [id, name, entity, formerNames, cookies, ...all]];
    return element;
  };

  /** A switch for all that are `within`, by position. */
  const group = (attribute: string, name: string, label: string, explained: string[], within: number[]) => {
    const asked = within.map((i) => vendors[i][0]).filter((id) => id in on);
    const count = h('span', { class: 'soft', id: 'count-' + name });
    const control = asked[0] ? toggle(attribute, name, label, asked) : always();
    if (asked[1]) {
      // Screen readers take "mixed" on a switch for "off": the count tells them.
      control.setAttribute('aria-describedby', count.id);
      watch(() => {
        count.textContent = say('count', { n: asked.length, on: asked.filter((id) => on[id]).length });
      });
    }
    return (
      within.length > 0 &&
      h(
        'section',
        null,
        h('div', { class: 'row' }, h('h3', null, label), count, control),
        ...explained.map((text) => h('p', null, text)),
        h('ul', null, ...within.map(vendor)),
      )
    );
  };
  /** Positions of those who belong to a purpose (zeros at a column's end are left out), or, for -1, who are linked with personal data and asked about. */
  const within = (purpose: number) =>
    vendors.flatMap(([id], i) => ((linked[i] && id in on ? -1 : mains[i] || 0) == purpose ? i : []));
  const sections = [
    // A purpose's switch grants none of these: whoever grants one has meant it.
    group('data-action', 'linked', say('linked'), [say('linkedText'), say('linkedAsk')], within(-1)),
    ...Object.keys(purposes).map((id, i) => group('data-purpose', id, labels[i], [texts.purposes[i]], within(i))),
  ];
  return [...search(host.site, say, rows, sections), ...sections];
}
