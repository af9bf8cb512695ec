// The second layer: each purpose and each vendor by itself.

import texts from 'sekisho:preferences';
import { list, speaker } from '../i18n/text';
import { Flag, type Action, type Host, type UI } from '../types';
import { button, h, icon, link, style } from '../ui/dom';
import { css } from './style';
import { facts } from './vendor';

/** From this many vendors on, one searches rather than scrolls. */
const SEARCH_FROM = 11;

const styled = new WeakSet<ShadowRoot>();

/** Opens the dialog; the focus goes back to `from` when it closes. */
export default function openPreferences(host: Host, ui: UI, from: Element | null): void {
  const { root, texts: shared } = ui;
  if (host.site.paused || root.querySelector('dialog[open]')) return;
  const { language, purposes, vendors } = shared;
  const say = speaker(language, { ...shared.messages, ...texts.messages });
  if (!styled.has(root)) {
    style(root, css);
    styled.add(root);
  }

  const consents = host.consents();
  // An unasked vendor shows off, never ticked beforehand; where tags run until
  // they are denied, "off" would be untrue.
  const on: Record<string, boolean> = {};
  const necessary = new Set<string>();
  for (const [id, , , flags] of host.site.vendors) {
    if (flags & Flag.Necessary) necessary.add(id);
    else on[id] = consents[id] === 'granted' || (consents[id] === 'unasked' && host.site.mode > 0);
  }

  // Switches and counts put themselves right whenever a choice changes.
  const watchers: (() => void)[] = [];
  const refresh = () => watchers.forEach((watch) => watch());
  const toggle = (attribute: string, name: string, label: string, ids: string[]) => {
    const state = () => {
      const granted = ids.filter((id) => on[id]).length;
      return granted ? (granted < ids.length ? 'mixed' : 'true') : 'false';
    };
    const control = h('button', {
      type: 'button',
      role: 'switch',
      class: 'state',
      [attribute]: name,
      'aria-label': label,
      onclick() {
        const next = state() !== 'true';
        for (const id of ids) on[id] = next;
        refresh();
      },
    });
    watchers.push(() => control.setAttribute('aria-checked', state()));
    return control;
  };
  const always = () => h('span', { class: 'state soft' }, say('preferences.always'));

  const rows: [HTMLElement, string][] = [];
  const vendor = (id: string) => {
    const { name, purposes: all } = vendors[id];
    const { linked, entity, formerNames } = texts.vendors[id];
    const tag = (key: string) => h('small', { class: 'tag' }, say(key));
    const row = h(
      'li',
      { class: 'vendor' },
      h(
        'details',
        null,
        h(
          'summary',
          null,
          name,
          // The vendor stands under its main purpose: whoever switches another one off must see that it is served here, too.
          all.length > 1 &&
            h('small', { class: 'soft' }, say('preferences.also', { purposes: list(language, all.slice(1).map((purpose) => purposes[purpose])) })),
          linked && tag('preferences.linked'),
          host.decided() && consents[id] === 'unasked' && !necessary.has(id) && tag('preferences.unasked'),
        ),
        facts(id, shared, say),
      ),
      necessary.has(id) ? always() : toggle('data-vendor', id, name, [id]),
    );
    rows.push([row, [id, name, entity, ...formerNames, ...all.map((purpose) => purposes[purpose])].join('\n')]);
    return row;
  };

  const sections = Object.keys(purposes).map((purpose) => {
    const ids = host.site.vendors.map(([id]) => id).filter((id) => vendors[id].purposes[0] === purpose);
    const asked = ids.filter((id) => id in on);
    const label = purposes[purpose];
    const count = h('span', { class: 'soft', id: 'count-' + purpose });
    const control = asked.length ? toggle('data-purpose', purpose, label, asked) : always();
    if (asked.length) {
      control.setAttribute('aria-describedby', count.id);
      watchers.push(() => {
        count.textContent = say('preferences.count', { n: asked.length, on: asked.filter((id) => on[id]).length });
      });
    }
    return (
      ids.length > 0 &&
      h(
        'section',
        null,
        h('div', { class: 'row' }, h('h3', null, label), count, control),
        h('p', null, texts.purposes[purpose]),
        h('ul', null, ...ids.map(vendor)),
      )
    );
  });

  const found = h('p', { role: 'status', class: 'soft' });
  const search = h('input', {
    type: 'search',
    placeholder: say('preferences.search'),
    'aria-label': say('preferences.search'),
    oninput() {
      const wanted = search.value.trim().toLowerCase();
      for (const [row, words] of rows) row.hidden = !words.toLowerCase().includes(wanted);
      for (const section of sections) if (section) section.hidden = !section.querySelector('li:not([hidden])');
      found.textContent = wanted && say('preferences.found', { n: rows.filter(([row]) => !row.hidden).length });
    },
  });

  const finish = (action: Action, choose: (id: string) => boolean) => () => {
    dialog.close();
    host.decide(action, Object.fromEntries(Object.keys(on).map((id) => [id, choose(id)])), 2);
    ui.update();
    ui.announce(say('common.saved'));
  };

  const { controller, email, url, phone } = texts.contact;
  const contact = [
    controller && h('div', null, controller),
    (email || url || phone) &&
      h(
        'div',
        null,
        say('preferences.contact') + ' ',
        email && link('mailto:' + email, email),
        ' ',
        phone && link('tel:' + phone.replace(/[^+\d]/g, ''), phone),
        ' ',
        url && link(url, url),
      ),
  ].filter(Boolean);
  const at = host.decidedAt();
  const close = button('close', icon('M6 6l12 12M18 6L6 18'), () => dialog.close(), 'quiet');
  close.setAttribute('aria-label', say('common.close'));
  const dialog = h(
    'dialog',
    { part: 'preferences', 'aria-labelledby': 'preferences' },
    // The heading takes the first focus, so that no choice is one stray key away.
    h('div', { class: 'head' }, h('h2', { id: 'preferences', tabIndex: -1, autofocus: true }, say('common.reopen')), close),
    h(
      'div',
      { class: 'body' },
      h('p', null, say('preferences.intro')),
      host.signalled() && h('p', null, say('common.signal')),
      at > 0 &&
        h(
          'div',
          { class: 'mine' },
          h(
            'p',
            { class: 'soft' },
            say('preferences.decided', {
              date: new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'short' }).format(at),
            }),
          ),
          Object.keys(on).some((id) => consents[id] === 'granted') &&
            button('withdraw', say('preferences.withdraw'), finish('withdraw', () => false), 'quiet'),
        ),
      rows.length >= SEARCH_FROM && search,
      found,
      ...sections,
      (contact.length > 0 || host.visitor()) &&
        h(
          'section',
          { class: 'foot soft' },
          ...contact,
          host.visitor() && h('div', null, say('preferences.visitor') + ' ', h('code', null, host.visitor())),
        ),
    ),
    h(
      'div',
      { class: 'answers' },
      button('accept-all', say('common.acceptAll'), finish('accept-all', () => true)),
      button('reject-all', say('common.rejectAll'), finish('reject-all', () => false)),
      button('save', say('preferences.save'), finish('save', (id) => on[id])),
    ),
  );
  // Escape and the cross come by here as well: nothing is decided, and what was
  // switched without saving is forgotten.
  dialog.addEventListener('close', () => {
    dialog.remove();
    ui.update();
    // The first layer was drawn anew if it is still due, and its button with it.
    const back = from?.isConnected ? from : root.querySelector('[data-action="preferences"],[data-action="reopen"]');
    (back as HTMLElement | null)?.focus({ preventScroll: true });
  });
  refresh();
  root.firstElementChild!.append(dialog);
  dialog.showModal();
  ui.update();
}
