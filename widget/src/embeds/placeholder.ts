// One placeholder: what it says, and where it lies.
import texts from 'sekisho:embeds';
import { h, icon, link, style } from '../ui/dom';
import { css } from './style';
import type { EmbedVendor } from './types';

/** The words of a key, with names in braces filled in. */
export const say = (key: string, values: Record<string, string> = {}) =>
  texts.messages['embeds.' + key].replace(/\{(\w+)\}/g, (_, name: string) => values[name]);

/** A pin, a speech bubble, a sign for playing: by the first letter of the kind. */
const ICONS: Record<string, string> = {
  m: 'M12 21c5-6 7-9 7-12a7 7 0 0 0-14 0c0 3 2 6 7 12zM12 9h0',
  s: 'M4 5h16v11h-9l-4 4v-4H4z',
};

const NONE = 'display:none!important';

export interface Placeholder {
  /** Puts it where the held element is now, or hides it where that has no room. */
  place(): void;
  /** Takes it away; true if it had the focus. */
  remove(): boolean;
}

/**
 * Puts a placeholder over `box`: the held element, which stays where and what the page made it. It comes beside that as an
 * element of its own and in no flow, so that page code finds the held one at its size, and nothing moves. What is no frame,
 * such as a post, has words that stay readable, and room for it below them (posts.ts).
 */
export const cover = (box: HTMLElement, vendor: EmbedVendor, title: string, ...answers: HTMLElement[]): Placeholder => {
  const { id, name, kind, entity, country, receives, privacy = '' } = vendor;
  const host = h('sekisho-embed' as 'div');
  const root = host.attachShadow({ mode: 'open' });
  const base = h(
    'div',
    { lang: texts.language, dir: texts.dir },
    h(
      'div',
      { class: 'embed', part: 'embed', role: 'group', 'data-vendor': id, 'aria-label': (title && title + ' – ') + name },
      h('div', { class: 'name' }, icon(ICONS[kind[0]] || 'M8 5v14l11-7z'), h('span', null, name)),
      h(
        'p',
        null,
        say('text', { entity, country: new Intl.DisplayNames(texts.language, { type: 'region' }).of(country)!, receives }),
      ),
      h('div', { class: 'choices' }, ...answers),
      !!privacy && h('p', null, link(privacy, say('privacy'))),
    ),
  );
  root.append(base);
  style(root, css + texts.css);
  // Not in a style attribute: the page can write over that.
  const write = style(root, '');
  let [written, left, top] = ['', 0, 0];
  const rewrite = (rules: string) => {
    if (rules != written) write(`:host{${(written = rules)}}`);
  };

  const measure = () =>
    JSON.stringify([box, box.parentElement || box].map((el) => el.getBoundingClientRect())) + document.documentElement.scrollHeight;
  const attach = () => {
    host.remove();
    rewrite(NONE);
    const before = measure();
    box.after(host);
    // Style sheets count siblings: where one more moves something, it goes to the other side.
    if (measure() != before) box.before(host);
  };

  const place = () => {
    if (box.nextElementSibling != host && host.nextElementSibling != box) attach();
    const frame = /^[ieo]/.test(box.localName);
    const { zIndex, borderRadius, paddingBottom } = getComputedStyle(box);
    const { offsetWidth: width, offsetHeight } = box;
    const height = frame ? offsetHeight : parseInt(paddingBottom) - 8;
    const room = width >= 24 && height >= 24;
    const draw = () =>
      rewrite(
        room
          ? `width:${width}px!important;height:${height}px!important;transform:translate(${left}px,${top}px)!important;z-index:${zIndex}!important;border-radius:${borderRadius}!important`
          : NONE,
      );
    base.className = height < 64 ? 's small low' : width < 340 || height < 250 ? 's small' : 's';
    draw();
    if (!room) return;
    // Where it stands without this moves along with what comes before it.
    const [is, wanted] = [host, box].map((el) => el.getBoundingClientRect());
    const scale = wanted.width / width || 1;
    left += Math.round((wanted.left - is.left) / scale);
    top += Math.round((wanted.bottom - is.bottom) / scale);
    draw();
  };
  return {
    place,
    remove() {
      const focused = !!root.activeElement;
      host.remove();
      return focused;
    },
  };
};
