// The few lines in which the widget builds its elements. Nothing here parses
// HTML: texts stay texts, and a page that demands Trusted Types has nothing to
// refuse.

type Child = Node | string | false | null | undefined;
type Tags = HTMLElementTagNameMap & Pick<SVGElementTagNameMap, 'svg' | 'path'>;

/**
 * Makes an element. Words become attributes; anything else (a handler, a flag,
 * a number) is set as a property. Children that are empty or false are left out.
 */
export function h<K extends keyof Tags>(tag: K, props?: Record<string, unknown> | null, ...children: Child[]): Tags[K] {
  const element = document.createElementNS(`http://www.w3.org/${/^(svg|path)$/.test(tag) ? '2000/svg' : '1999/xhtml'}`, tag) as any;
  // Object.entries and not for…in: some pages extend Object.prototype.
  for (const [name, value] of Object.entries(props || {})) {
    if (typeof value == 'string') element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children.filter(Boolean));
  return element;
}

/**
 * A button that says by `data-action` what it does: a name that pages and tests
 * hold on to. It has no part name, since a page could then style one choice
 * down against the other.
 */
export const button = (action: string, label: Child, onclick: () => void, kind = '') =>
  h('button', { type: 'button', 'data-action': action, class: 'button ' + kind, onclick }, label);

/**
 * A link out of the page. An address of another scheme than these is left out,
 * whatever the service let through.
 */
export const link = (url: string, ...children: Child[]) =>
  h('a', /^(https?|mailto|tel):/.test(url) ? { href: url, target: '_blank', rel: 'noopener' } : null, ...children);

/** An icon of 24 by 24, hidden from screen readers, drawn from the strokes of one path. */
export const icon = (d: string) => h('svg', { viewBox: '0 0 24 24', 'aria-hidden': 'true' }, h('path', { d }));

/**
 * Adds a style sheet to a shadow root or to the document and returns what
 * rewrites it. A constructed sheet passes `style-src 'self'`; browsers that have
 * none (Safari before 16.4) get a style element.
 */
export function style(where: ShadowRoot | Document, css: string): (css: string) => void {
  if (where.adoptedStyleSheets) {
    const sheet = new CSSStyleSheet();
    const write = (text: string) => sheet.replaceSync(text);
    write(css);
    where.adoptedStyleSheets = [...where.adoptedStyleSheets, sheet];
    return write;
  }
  const element = h('style', null, css);
  ((where as Document).head || where).append(element);
  return (text) => (element.textContent = text);
}
