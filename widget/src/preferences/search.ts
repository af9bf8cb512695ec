// What narrows the list: a search, and a look at what is new alone.

import type { Say } from '../i18n/text';
import type { Site } from '../types';
import { button, h } from '../ui/kit';

/** From this many vendors on, one searches rather than scrolls. */
const SEARCH_FROM = 11;

/** A vendor in the list, in the order of Site.vendors. */
export type Row = [
  element: HTMLElement,
  /** New to the visitor, or changed since the last decision. */
  fresh: boolean,
  words: (string | undefined)[],
];

/** What a search compares: width, case and the two kana make no difference. */
const plain = (text: string) =>
  text.normalize('NFKC').toLowerCase().replace(/[ァ-ヶ]/g, (kana) => String.fromCharCode(kana.charCodeAt(0) - 96));

/** What each vendor is found by, its hosts among it: they stand in the site's rules, which gate/match.ts reads. */
const wordsOf = (rows: Row[], { rules }: Site) => {
  const words = rows.map(([, , own]) => [...own]);
  let vendor = 0;
  for (const token of rules.split(' '))
    if (!token) vendor++;
    else if (+token >= 0) vendor = +token;
    else words[vendor].push(token);
  return words.map((all) => plain(all.join('\n')));
};

/** Returns what stands above the list. */
export function search(site: Site, say: Say, rows: Row[], sections: (HTMLElement | false)[]): (Node | false)[] {
  const fresh = rows.filter((row) => row[1]).length;
  let only = false;
  let words: string[];
  const narrow = () => {
    const wanted = plain(input.value.trim());
    if (wanted) words ||= wordsOf(rows, site);
    let n = 0;
    rows.forEach(([element, isFresh], i) => {
      element.hidden = (only && !isFresh) || (!!wanted && !words[i].includes(wanted));
      if (!element.hidden) n++;
    });
    for (const section of sections) if (section) section.hidden = !section.querySelector('li:not([hidden])');
    found.textContent = wanted && say(n ? 'found' : 'none', { n });
  };
  const found = h('p', { role: 'status', class: 'soft' });
  const input = h('input', {
    type: 'search',
    placeholder: say('search'),
    'aria-label': say('search'),
    oninput: narrow,
  });
  const those = button(
    'changes',
    say('changesOnly'),
    () => {
      only = !only;
      those.setAttribute('aria-pressed', '' + only);
      // Filled while it is pressed.
      those.classList.toggle('quiet', !only);
      narrow();
    },
    'quiet',
  );
  those.setAttribute('aria-pressed', 'false');
  return [
    fresh > 0 && h('div', { class: 'mine' }, h('p', null, say('changes', { n: fresh })), those),
    rows.length >= SEARCH_FROM && input,
    found,
  ];
}
