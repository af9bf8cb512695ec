// The first layer, and the way back in after the decision.

import texts from 'sekisho:banner';
import { list, speaker } from '../i18n/text';
import { Flag, type Action, type Host, type UI } from '../types';
import { button, h, icon, link } from '../ui/dom';
import { stage } from '../ui/element';
import { roomKeeper } from './room';
import { css } from './style';

// The first file takes both from here: what draws, and what decides and sends.
export { open } from '../late';

/**
 * Where a notice-only site's visitor closed the banner: the revision that it
 * informed about. Closing is no decision, so the cookie knows nothing of it.
 */
const SEEN = 'sekisho.seen';

/** Two knobs on their slides. */
const SLIDERS = 'M3 8h10m6 0h2M3 16h2m6 0h10M13 8a3 3 0 106 0 3 3 0 10-6 0M5 16a3 3 0 106 0 3 3 0 10-6 0';

/** Draws what is due, and again on each "consent" event. */
export default function mountBanner(host: Host): UI {
  const { site } = host;
  const { language, theme, vendors, purposes, messages } = texts;
  const say = speaker(language, messages);
  const { root, base, place } = stage(texts, css);
  const slot = h('div');
  // In the page before it speaks: screen readers miss what comes along with its own region.
  const said = h('div', { class: 'said', role: 'status' });
  base.append(slot, said);
  const keepRoom = roomKeeper(theme.position == 'top');

  let away = false;
  let seen = 0;
  try {
    seen = +localStorage[SEEN] || 0;
  } catch {
    // Storage is refused: the banner informs on every page.
  }

  /** Vendors to ask (or, on a notice-only site, to inform) about. */
  const due = (): string[] => {
    const unasked = new Set(away ? [] : host.unasked());
    return site.vendors
      .filter(([id, , since]) => unasked.has(id) && (site.mode < 2 || since > seen))
      .map(([id]) => id);
  };

  const answer = (action: Action, ids: string[], granted: boolean) =>
    button(action, say(granted ? 'common.acceptAll' : 'common.rejectAll'), () => {
      host.decide(action, Object.fromEntries(ids.map((id) => [id, granted])), 1);
      ui.update();
      ui.announce(say('common.saved'));
    });

  const dismiss = () => {
    seen = site.revision;
    try {
      localStorage[SEEN] = seen;
    } catch {
      // As above: closed on this page, and open again on the next.
    }
    ui.update();
  };

  const banner = (ids: string[]) => {
    // Somebody who has answered before is asked about what is new, and told so.
    const fresh = host.decided() && site.vendors.some(([id, , , flags]) => !(flags & Flag.Necessary) && !ids.includes(id));
    const used = Object.keys(purposes).filter((purpose) => ids.some((id) => vendors[id].purposes.includes(purpose)));
    const more: HTMLElement = button('preferences', say('common.preferences'), () => host.preferences(more), 'quiet');
    return h(
      'section',
      { class: `banner ${theme.layout} ${theme.position}`, part: 'banner', 'aria-labelledby': 'title' },
      h(
        'div',
        { class: 'words' },
        h('h2', { id: 'title' }, say(fresh ? 'banner.newTitle' : 'banner.title')),
        h(
          'p',
          null,
          say('banner.' + (fresh ? 'new' : ['ask', 'running', 'inform'][site.mode]), {
            n: ids.length,
            names: list(language, ids.map((id) => vendors[id].name)),
            purposes: list(language, used.map((purpose) => purposes[purpose])),
          }),
          ' ',
          host.signalled() && say('common.signal') + ' ',
          link(texts.noticeUrl, say('banner.notice')),
        ),
      ),
      h(
        'div',
        { class: 'choices' },
        ...(site.mode > 1
          ? [button('close', say('common.close'), dismiss)]
          : [answer('accept-all', ids, true), answer('reject-all', ids, false)]),
        more,
      ),
    );
  };

  const wayBack = () => {
    const back: HTMLElement = button('reopen', icon(SLIDERS), () => host.preferences(back), 'back');
    back.append(say('common.reopen'));
    return back;
  };

  let shown: string | undefined;
  const ui: UI = {
    root,
    texts,
    close() {
      away = true;
      ui.update();
    },
    update() {
      if (site.paused) return;
      const ids = due();
      const open = root.querySelector('dialog[open]');
      const back =
        !ids.length &&
        (away || seen > 0 || host.decided() || host.signalled()) &&
        !document.querySelector('[data-sekisho=open]');
      const wanted = open ? '' : ids + '/' + back;
      if (wanted == shown) return;
      shown = wanted;
      const focused = slot.contains(root.activeElement);
      const section = !open && ids.length > 0 && banner(ids);
      slot.replaceChildren(section || (!open && back ? wayBack() : ''));
      // One layer at a time: the second stands alone, and its closing comes back
      // here. The element stays put meanwhile, since moving it closes a dialog.
      if (open) return;
      // Asking comes early in the Tab order; the way back waits behind the page.
      place(!!section);
      if (section) keepRoom(section);
      // The button that was pressed is gone: the focus goes to the way back in.
      else if (focused) slot.querySelector('button')?.focus({ preventScroll: true });
      host.emit('banner', { shown: !!section, vendors: ids });
    },
    announce(message) {
      said.textContent = message;
      setTimeout(() => (said.textContent = ''), 6000);
    },
  };

  host.on('consent', ui.update);
  // The page's own link to the preferences may come late in the document.
  addEventListener('DOMContentLoaded', ui.update);
  ui.update();
  return ui;
}
