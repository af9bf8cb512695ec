// The first layer, and the way back in after the decision.

import texts from 'sekisho:banner';
import { list, speaker, type Say } from '../i18n/text';
import { FIRST_PURPOSE, Flag, type Host, type UI } from '../types';
import { button, h, icon, link, style } from '../ui/dom';
import { stage } from '../ui/element';
import { openModal } from './modal';
import { roomKeeper } from './room';
import { css } from './style';

/**
 * Where a notice-only site's visitor closed the banner: the revision that it
 * informed about. Closing is no decision, so the cookie knows nothing of it.
 */
const SEEN = 'sekisho.seen';

/** Three slides with their knobs. */
const SLIDERS = 'M6 4v16M12 4v16M18 4v16M4 9h4M10 15h4M16 8h4';

/** Draws what is due, and again on each "consent" event. */
export function mountBanner(host: Host): UI {
  const { site } = host;
  const say = speaker(texts.language, texts.messages);
  const { root, base, place } = stage(texts, css);
  const slot = h('div');
  // In the page before it speaks: screen readers miss what comes along with its own region.
  const said = h('div', { class: 'said', role: 'status' });
  base.append(slot, said);
  // Behind a modal dialog nothing has the focus, and no room is needed.
  const keepRoom = LAYOUT == 'dialog' ? null : roomKeeper(POSITION == 'top');

  let away = false;
  let seen = 0;
  try {
    seen = +localStorage[SEEN] || 0;
  } catch {
    // Storage is refused: the banner informs on every page.
  }

  /** Vendors to ask (or, on a notice-only site, to inform) about. */
  const due = () =>
    away
      ? []
      : host.unasked().filter((id) => site.mode < 2 || site.vendors.some(([vendor, , since]) => vendor == id && since > seen));

  /** Answers for exactly those who were asked about; undefined is a notice that was closed. */
  const answer = (ids: string[], granted?: boolean) => {
    if (granted == undefined) {
      seen = site.revision;
      try {
        localStorage[SEEN] = seen;
      } catch {
        // As above: closed on this page, and open again on the next.
      }
    } else {
      host.decide(granted ? 'accept-all' : 'reject-all', Object.fromEntries(ids.map((id) => [id, granted])), 1);
      ui.announce(say('common.saved'));
    }
    ui.update();
  };

  let shown: string | undefined;
  let names: Record<string, string> | undefined;
  const ui: UI = {
    root,
    texts,
    kit: [h, button, link, icon, style, speaker, list],
    close() {
      away = true;
      ui.update();
    },
    update() {
      if (site.paused) return;
      const ids = due();
      const open = root.querySelector('[part=preferences]');
      const back =
        !ids.length &&
        (away || seen > 0 || host.decided() || host.signalled()[0]) &&
        !document.querySelector('[data-sekisho=open]');
      const wanted = open ? '' : ids + '/' + back;
      if (wanted == shown) return;
      // Somebody who has answered before is asked about what is new, and told its names.
      const fresh =
        host.decided() && ids.length > 0 && site.vendors.some(([id, , , flags]) => !(flags & Flag.Necessary) && !ids.includes(id));
      if (fresh && !open && !names) {
        return host.names().then(
          (all) => {
            names = all;
            ui.update();
          },
          // The service is away: asked again on the next occasion.
          () => {},
        );
      }
      shown = wanted;
      const focused = slot.contains(root.activeElement);
      // Gives the focus back to what had it in the page, if anything.
      if (LAYOUT == 'dialog' && !open) slot.querySelector('dialog')?.close();
      const section = !open && ids.length > 0 && firstLayer(host, say, ids, answer, fresh && names);
      slot.replaceChildren(section || (!open && back ? wayBack(host, say) : ''));
      // One layer at a time: the second stands alone, and its closing comes back
      // here. The element stays put meanwhile, since moving it closes a dialog.
      if (open) return;
      // Asking comes early in the Tab order; the way back waits behind the page.
      place(!!section);
      if (section) {
        if (LAYOUT == 'dialog') openModal(section as HTMLDialogElement, () => (site.mode > 1 ? answer(ids) : ui.close()));
        else keepRoom!(section);
      }
      // The button that was pressed is gone: the focus goes to the way back in.
      else if (focused && (LAYOUT != 'dialog' || document.activeElement == document.body)) slot.querySelector('button')?.focus({ preventScroll: true });
      host.emit('banner', { shown: !!section, vendors: ids });
    },
    announce(message) {
      said.textContent = message;
      setTimeout(() => (said.textContent = ''), 6000);
    },
  };

  // Escape puts the label of the way back away, wherever pointer and focus are (WCAG 2.2, 1.4.13); another key lets it come again.
  addEventListener('keydown', ({ key }) => slot.classList.toggle('shut', key == 'Escape'));
  host.on('consent', ui.update);
  // The page's own link to the preferences may come late in the document.
  addEventListener('DOMContentLoaded', ui.update);
  ui.update();
  return ui;
}

/** What asks about (or informs of) these vendors; by name, if they are new to somebody who has answered before. */
function firstLayer(
  host: Host,
  say: Say,
  ids: string[],
  answer: (ids: string[], granted?: boolean) => void,
  fresh: false | undefined | Record<string, string>,
): HTMLElement {
  const { site } = host;
  const { language, purposes } = texts;
  const used = Object.values(purposes).filter((_, i) =>
    site.vendors.some(([id, , , flags]) => ids.includes(id) && (flags >> (FIRST_PURPOSE + i)) & 1),
  );
  const choice = (action: string, label: string, granted?: boolean) => button(action, say('common.' + label), () => answer(ids, granted));
  const more: HTMLElement = button('preferences', say('common.preferences'), () => host.preferences(more), 'quiet');
  return h(
    LAYOUT == 'dialog' ? 'dialog' : 'section',
    { class: 'banner', part: 'banner', 'aria-labelledby': 'title' },
    h(
      'div',
      { class: 'words' },
      h('h2', { id: 'title' }, say(fresh ? 'banner.newTitle' : 'banner.title')),
      h(
        'p',
        null,
        say('banner.' + (fresh ? 'new' : ['ask', 'running', 'inform'][site.mode]), {
          n: ids.length,
          names: fresh ? list(language, ids.map((id) => fresh[id])) : '',
          purposes: list(language, used),
        }),
        ' ',
        host.signalled()[0] && say('common.signal') + ' ',
        link(texts.noticeUrl, say('banner.notice')),
      ),
    ),
    h(
      'div',
      { class: 'choices' },
      ...(site.mode > 1
        ? [choice('close', 'close')]
        : [choice('accept-all', 'acceptAll', true), choice('reject-all', 'rejectAll', false)]),
      more,
    ),
  );
}

/** A small button in the corner. */
function wayBack(host: Host, say: Say): HTMLElement {
  const back: HTMLElement = button('reopen', icon(SLIDERS), () => host.preferences(back), 'back');
  back.append(say('common.reopen'));
  return back;
}
