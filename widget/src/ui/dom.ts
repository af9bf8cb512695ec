// The few lines in which the widget builds its elements. Nothing here parses
// HTML: texts stay texts, and a page that demands Trusted Types has nothing to
// refuse.

type Child = Node | string | false | null | undefined;

/**
 * Makes an element. A property that the element has is set as a property
 * (`onclick`, `href`, `hidden`, …), anything else as an attribute; children
 * that are empty or false are left out.
 */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props?: Record<string, unknown> | null,
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  // Object.entries and not for…in: some pages extend Object.prototype.
  for (const [name, value] of Object.entries(props || {})) {
    if (name in element) (element as unknown as Record<string, unknown>)[name] = value;
    else element.setAttribute(name, value as string);
  }
  element.append(...children.filter((child): child is Node | string => !!child));
  return element;
}

/**
 * A button that says by `data-action` what it does: a name that pages and tests
 * hold on to. It has no part name, since a page could then style one choice
 * down against the other.
 */
export const button = (action: string, label: Child, onclick: (event: Event) => void, kind = '') =>
  h('button', { type: 'button', 'data-action': action, className: 'button ' + kind, onclick }, label);

/**
 * A link out of the page. An address of another scheme than these is left out,
 * whatever the service let through.
 */
export const link = (url: string, ...children: Child[]) =>
  h('a', /^(https?|mailto|tel):/.test(url) ? { href: url, target: '_blank', rel: 'noopener' } : null, ...children);

/** An icon of 24 by 24, hidden from screen readers, drawn from the strokes of one path. */
export function icon(path: string): SVGElement {
  const make = (tag: string, attributes: Record<string, string>) => {
    const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element as SVGElement;
  };
  const svg = make('svg', { viewBox: '0 0 24 24', 'aria-hidden': 'true' });
  svg.append(make('path', { d: path }));
  return svg;
}

/**
 * Adds a style sheet to a shadow root or to the document and returns what
 * rewrites it. A constructed sheet passes `style-src 'self'`; browsers that have
 * none (Safari before 16.4) get a style element.
 */
export function style(where: ShadowRoot | Document, css: string): (css: string) => void {
  if ('adoptedStyleSheets' in where) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    where.adoptedStyleSheets = [...where.adoptedStyleSheets, sheet];
    return (text) => sheet.replaceSync(text);
  }
  const element = h('style', { textContent: css });
  ((where as Document).head || where).append(element);
  return (text) => (element.textContent = text);
}
