// The second layer: each purpose and each vendor by itself.

import texts from 'sekisho:preferences';
import type { Say } from '../i18n/text';
import type { Action, Host, NamesOf, OpenRecord, UI } from '../types';
import { button, h, icon, link, speaker, style, use } from '../ui/kit';
import { choicesOf } from './choices';
import { vendorList } from './list';
import { css } from './style';

const styled = new WeakSet<ShadowRoot>();

export const names: NamesOf = ({ vendors }) => Object.fromEntries(vendors.map(([id], i) => [id, texts.vendors[0][i]]));

/** Opens the dialog; the focus goes back to `from` when it closes. */
export default function openPreferences(host: Host, ui: UI, from: Element | null): void {
  const { root, texts: shared, kit } = ui;
  use(kit);
  if (host.site.paused || root.querySelector('[part=preferences]')) return;
  const say = speaker(shared.language, { ...shared.messages, ...texts.messages });
  if (!styled.has(root)) {
    style(root, css);
    styled.add(root);
  }
  const choices = choicesOf(host);

  /** A button that decides about every vendor that is not necessary, whatever is unfolded or searched for. */
  const answer = (action: Action, label: string, choose: (id: string) => boolean, kind?: string) =>
    button(
      action,
      say(label),
      () => {
        dialog.close();
        host.decide(action, Object.fromEntries(Object.keys(choices.on).map((id) => [id, choose(id)])), 2);
        ui.update();
        ui.announce(say('common.saved'));
      },
      kind,
    );

  const close = button('close', icon('M6 6l12 12M18 6L6 18'), () => dialog.close(), 'quiet');
  close.setAttribute('aria-label', say('common.close'));
  const granted = Object.keys(choices.on).some((id) => host.consents()[id] == 'granted');
  const dialog = h(
    'dialog',
    { part: 'preferences', 'aria-labelledby': 'preferences' },
    // The heading takes the first focus, so that no choice is one stray key away.
    h('div', { class: 'head' }, h('h2', { id: 'preferences', tabIndex: -1, autofocus: true }, say('common.reopen')), close),
    h(
      'div',
      { class: 'body' },
      h('p', null, say('intro')),
      !!host.signalled()[0] && h('p', null, say('common.signal')),
      lastChoice(host, shared.language, say, granted && answer('withdraw', 'withdraw', () => false, 'quiet')),
      ...vendorList(host, shared, say, choices),
      whoAndWhom(say),
      record(host, ui, say),
    ),
    h(
      'div',
      { class: 'answers' },
      answer('accept-all', 'common.acceptAll', () => true),
      answer('reject-all', 'common.rejectAll', () => false),
      answer('save', 'save', (id) => choices.on[id]),
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
  choices.refresh();
  root.firstElementChild!.append(dialog);
  dialog.showModal();
  ui.update();
}

/** When the visitor last decided, and the button that takes it back. */
function lastChoice(host: Host, language: string, say: Say, withdraw: Node | false): Node | false {
  const { at } = host.decided() || {};
  const date = () => new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'short' }).format(at! * 1e3);
  return !!at && h('div', { class: 'mine' }, h('p', { class: 'soft' }, say('decided', { date: date() })), withdraw);
}

/** Who the site is, and whom to ask. */
function whoAndWhom(say: Say): Node {
  const { controller, email, url, phone } = texts.contact;
  return h(
    'section',
    { class: 'soft' },
    controller,
    (email || url || phone) &&
      h(
        'div',
        null,
        say('contact') + ' ',
        email && link('mailto:' + email, email),
        ' ',
        phone && link('tel:' + phone.replace(/[^+\d]/g, ''), phone),
        ' ',
        url && link(url, url),
      ),
  );
}

/** The button that shows what is recorded of the visitor: a file of its own. It says itself when that cannot be had. */
function record(host: Host, ui: UI, say: Say): Node {
  const open = button(
    'record',
    say('record'),
    () =>
      host.load<{ default: OpenRecord }>('record.' + host.language).then(
        (file) => file.default(host, ui, texts.messages, names(host.site)),
        () => (open.textContent = say('away')),
      ),
    'quiet',
  );
  return h('section', { role: 'status' }, open);
}
