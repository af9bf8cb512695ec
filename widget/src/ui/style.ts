// What both layers look like. One string: the adding up is done by esbuild, so
// that comments here cost a visitor nothing. Lengths are em of the visitor's own
// default text size, since `all: initial` cuts off whatever the page set.
//
// Colours are custom properties that the service writes (server/bundle/theme.go)
// from the site's theme: --p panel, --i ink, --s softer ink, --l hairline,
// --o outline of a control, --f fill of both answers, --t text on that, --m link,
// mark, edge of a button and ring of the focus; --r is the radius. The service has
// seen to AA: --i, --s and --m on --p, and --t on --f, by 4.5, --o on --p by 3.

export const shared =
  // An important rule on :host beats whatever the page says of #sekisho, even
  // with !important and even in its style attribute. What stays out of reach:
  // a page that hides <html> itself, or takes the element out.
  ':host{all:initial!important;display:block!important;position:fixed!important;z-index:2147483647!important;color-scheme:light dark!important}' +
  // A popover has a backdrop, which a page's rules for its own dialogs would colour.
  ':host::backdrop{display:none!important}' +
  '@media print{:host{display:none!important}}' +
  '*{box-sizing:border-box;margin:0;scroll-padding:.5em}' +
  '.s{font:1em/1.55 -apple-system,"Segoe UI",Roboto,sans-serif;color:var(--i);overflow-wrap:anywhere}' +
  // Japanese wants more air between its lines, breaks between phrases, and fonts that other languages' browsers should
  // not take: they lack signs of Chinese and Korean. A rule of no more weight than the theme's, which follows.
  '.s:where(:lang(ja)){line-height:1.7;word-break:auto-phrase;font-family:-apple-system,"Segoe UI",Roboto,"Hiragino Sans","Noto Sans JP",Meiryo,sans-serif}' +
  'h2{font-size:1.0625em;line-height:1.5}' +
  'p,.button,.said{font-size:.9375em}' +
  'a{color:var(--m)}' +
  // 2.9334 of this size are the 44 px that a thumb needs.
  '.button{font-family:inherit;font-weight:600;line-height:1.4;min-height:2.9334em;padding:.4em .75em;border:1px solid var(--m);border-radius:var(--r);background:var(--f);color:var(--t);cursor:pointer}' +
  '.quiet{border-color:var(--o);background:0;color:var(--i)}' +
  // Not on a touch screen, where the ring would stay with whatever comes to lie under the finger: one answer, say.
  '@media(hover){.button:hover{box-shadow:0 0 0 3px var(--l)}}' +
  '.button:active{box-shadow:0 0 0 3px var(--o)}' +
  ':focus-visible{outline:3px solid var(--m);outline-offset:2px}' +
  'svg{flex:none;width:1.5em;height:1.5em;fill:none;stroke:currentColor;stroke-width:1.75;stroke-linecap:round}';
