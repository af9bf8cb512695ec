// Contrast as WCAG 2.2 defines it, of colours as getComputedStyle() writes them.

const luminance = (colour) =>
  colour
    .match(/[\d.]+/g)
    .slice(0, 3)
    .map((part) => part / 255)
    .map((part) => (part > 0.04045 ? ((part + 0.055) / 1.055) ** 2.4 : part / 12.92))
    .reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0);

export const contrast = (a, b) => {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
};

/**
 * Every text of the interface with its colour and its ground, and the strokes
 * of its controls. axe cannot tell them inside a popover ("incomplete").
 * `host` is the element whose shadow root is looked into.
 */
export const colours = (page, host = '#sekisho') =>
  page.evaluate((host) => {
    const ground = (element) => {
      for (let e = element; e; e = e.parentElement) {
        const { backgroundColor } = getComputedStyle(e);
        if (!/^rgba\(.*, 0\)$/.test(backgroundColor)) return backgroundColor;
      }
      return 'rgb(255, 0, 255)';
    };
    const found = [];
    for (const e of document.querySelector(host).shadowRoot.querySelectorAll('*')) {
      if (!e.checkVisibility()) continue;
      const told = `${e.tagName.toLowerCase()}.${e.getAttribute('class') || ''} ${e.textContent.slice(0, 20)}`;
      const { color, borderTopColor } = getComputedStyle(e);
      if ([...e.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim())) found.push({ told, least: 4.5, a: color, b: ground(e) });
      if (e.tagName === 'INPUT') {
        found.push({ told: told + ' placeholder', least: 4.5, a: getComputedStyle(e, '::placeholder').color, b: ground(e) });
        found.push({ told: told + ' outline', least: 3, a: borderTopColor, b: ground(e) });
      }
      if (e.getAttribute('role') === 'switch') {
        const [track, knob] = ['::before', '::after'].map((part) => getComputedStyle(e, part));
        const filled = e.getAttribute('aria-checked') === 'true';
        found.push({ told: told + ' track', least: 3, a: track.borderTopColor, b: ground(e) });
        found.push({ told: told + ' knob', least: 3, a: knob.backgroundColor, b: filled ? track.backgroundColor : ground(e) });
      }
    }
    return found;
  }, host);
