// The keyboard in a test's hands, and what a visitor at it gets to see.

import { contrast } from './contrast.mjs';

/** What has the focus, looking into shadow roots: data-action and the like, or the tag's name. */
export const focused = (page) =>
  page.evaluate(() => {
    const outer = document.activeElement;
    const element = outer?.shadowRoot?.activeElement || outer;
    const { action, vendor, purpose } = element.dataset;
    return action || vendor || purpose || element.id || element.className || element.tagName.toLowerCase();
  });

/** Presses a key some times and returns what has the focus after each. */
export async function press(page, key, times = 1) {
  const seen = [];
  for (let i = 0; i < times; i++) {
    await page.keyboard.press(key);
    seen.push(await focused(page));
  }
  return seen;
}

/**
 * What is wrong with how the focus shows on what has it within #sekisho, or "": no outline, too thin a one, one of too
 * little contrast with what is around it (WCAG 2.2, 1.4.11 and 2.4.7), one that is cut off by what it lies in or by the
 * window's edge, or an element that something lies over (2.4.11).
 */
export async function focusFault(page) {
  const { fault, colours } = await page.evaluate(() => {
    const { shadowRoot } = document.activeElement;
    const element = shadowRoot?.activeElement;
    if (!element) return { fault: '' };
    const told = (fault) => ({ fault: `${element.dataset.action || element.dataset.vendor || element.dataset.purpose || element.tagName} ${element.textContent.slice(0, 20)}: ${fault}` });
    const { outlineStyle, outlineWidth, outlineOffset, outlineColor } = getComputedStyle(element);
    const width = parseFloat(outlineWidth);
    const offset = parseFloat(outlineOffset);
    if (outlineStyle === 'none' || width < 2) return told('no outline');
    const channels = (colour) => colour.match(/[\d.]+/g).map(Number);
    // What lies around the outline: the element's own ground where it is drawn within, else that of what holds it.
    const within = offset + width <= 0;
    let ground = '';
    for (let e = within ? element : element.parentElement; e && !ground; e = e.parentElement) {
      const { backgroundColor } = getComputedStyle(e);
      if (!(channels(backgroundColor)[3] === 0)) ground = backgroundColor;
    }
    if (!ground) return told('its outline lies on the page, whatever that looks like');
    const box = element.getBoundingClientRect();
    const reach = Math.max(0, offset + width);
    const ring = { left: box.left - reach, top: box.top - reach, right: box.right + reach, bottom: box.bottom + reach };
    const cut = (by) => ring.left < by.left - 0.5 || ring.top < by.top - 0.5 || ring.right > by.right + 0.5 || ring.bottom > by.bottom + 0.5;
    if (cut({ left: 0, top: 0, right: innerWidth, bottom: innerHeight })) return told(`cut by the window: ${JSON.stringify(ring)}`);
    for (let e = element.parentElement; e; e = e.parentElement) {
      const { overflowX, contain, contentVisibility, overflowClipMargin } = getComputedStyle(e);
      if (overflowX === 'visible' && contentVisibility !== 'auto' && !/paint|strict|content/.test(contain)) continue;
      const outer = e.getBoundingClientRect();
      const margin = overflowX === 'visible' ? parseFloat(overflowClipMargin) : 0;
      const edge = { left: outer.left + e.clientLeft - margin, top: outer.top + e.clientTop - margin };
      if (cut({ ...edge, right: edge.left + e.clientWidth + 2 * margin, bottom: edge.top + e.clientHeight + 2 * margin })) return told(`cut by ${e.tagName}.${e.className}: ${JSON.stringify([ring, outer])}`);
    }
    // Something may lie in a corner of it, but not over all of it. A link may break over lines, and have nothing at these points.
    const hits = (x) => element.contains(shadowRoot.elementFromPoint(box.left + box.width * x, box.top + box.height / 2));
    if (element.getClientRects().length < 2 && ![0.1, 0.5, 0.9].some(hits)) return told('something lies over it');
    return { ...told(''), colours: [outlineColor, ground] };
  });
  if (!colours) return fault;
  const measured = contrast(...colours);
  return measured < 3 ? `${fault}contrast ${measured.toFixed(2)} of ${colours.join(' on ')}` : '';
}
