// WCAG 2.2, 2.4.11: what has the focus must not lie under the banner.

import { style } from '../ui/dom';

/**
 * Returns what keeps the page's focus out from under a banner for as long as
 * that is shown. Scrolling to a focused element stops short of it
 * (scroll-padding), and the page can be scrolled on by its height. A page that
 * had nothing to scroll gets that room with the first press of Tab only, since a
 * scroll bar moves the page.
 */
export function roomKeeper(top: boolean): (banner: HTMLElement) => void {
  const write = style(document, '');
  const page = document.documentElement;
  let banner: HTMLElement;
  let tabbed = false;
  let written = '';
  const measure = () => {
    // Out of the page the banner has no height, and the room goes with it.
    const height = banner.offsetHeight;
    const css = height
      ? `html{scroll-padding-block-${top ? 'start' : 'end'}:${height + 8}px}` +
        (tabbed || (!top && page.scrollHeight > innerHeight)
          ? `html:${top ? 'before' : 'after'}{content:"";display:block;height:${height}px}`
          : '')
      : '';
    if (css !== written) write((written = css));
  };
  const observer = new ResizeObserver(measure);
  addEventListener(
    'keydown',
    (event) => {
      if (event.key === 'Tab' && banner && !tabbed) {
        tabbed = true;
        measure();
      }
    },
    true,
  );
  return (shown) => {
    observer.disconnect();
    observer.observe((banner = shown));
    observer.observe(page);
  };
}
