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
    const room = height && (tabbed || (!top && page.scrollHeight > innerHeight)) ? height : 0;
    const css = `:root:root{scroll-padding-${top ? 'top' : 'bottom'}:${height + 8}px}html:${top ? 'before' : 'after'}{content:"";display:block;height:${room}px}`;
    if (css != written) write(height ? (written = css) : (written = ''));
  };
  const observer = new ResizeObserver(measure);
  addEventListener(
    'keydown',
    ({ key }) => {
      if (banner && key == 'Tab') {
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
