// The one element #sekisho, its open shadow root, and its place in the page.

import type { BannerTexts } from '../types';
import { h, style } from './dom';
import { shared } from './style';

export interface Stage {
  root: ShadowRoot;
  /** Everything that is drawn lies in here: it carries language, direction and the look. */
  base: HTMLElement;
  /** Puts the element into the page: before the body, or after it. */
  place(first: boolean): void;
}

/** Makes the element; it is in the page once place() was called. */
export function stage(texts: BannerTexts, css: string): Stage {
  // A child of <html> and not of <body>: it needs no body to be there yet, moves
  // no :first-child of the page, outlives frameworks that swap the body, and
  // comes early or late in the Tab order as is wanted. Manual popovers live in
  // the top layer, over any z-index, transform or opacity of the page.
  const element = h('div', { id: 'sekisho', popover: 'manual' });
  const root = element.attachShadow({ mode: 'open' });
  const base = h('div', { class: 's', lang: texts.language, dir: texts.dir });
  root.append(base);
  style(root, shared + css + texts.css);
  return {
    root,
    base,
    place(first) {
      // Not document.body: an element such as <form name="body"> hides it.
      const page = document.documentElement;
      page.insertBefore(element, first ? page.children[1] : null);
      // Absent before Chromium 114, Safari 17, Firefox 125: there z-index has to do.
      element.showPopover?.();
    },
  };
}
