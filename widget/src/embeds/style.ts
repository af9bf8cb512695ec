// What a placeholder looks like.

export const css =
  // It lies over the held element, in no flow: nothing moves when it comes or goes. What hides its surroundings hides it.
  // An important rule on :host beats whatever the page says of the element.
  ':host{all:initial!important;display:block!important;position:absolute!important;visibility:inherit!important;color-scheme:light dark!important}' +
  '@media print{:host{display:none!important}}' +
  '*{box-sizing:border-box;margin:0}' +
  '.s{font:1em/1.55 system-ui,sans-serif;color:var(--i);overflow-wrap:anywhere;height:100%;overflow:auto;display:flex;border:1px solid var(--l);border-radius:inherit;background:var(--p)}' +
  '.s:lang(ja){line-height:1.7;word-break:auto-phrase}' +
  '.embed{margin:auto;padding:1em 1.25em;max-width:40em}' +
  '.name{display:flex;align-items:center;gap:.5em;font-weight:600}' +
  'p{margin:.6em 0;font-size:.875em;color:var(--s)}' +
  '.choices{display:flex;flex-wrap:wrap;gap:.5em}' +
  'a{display:inline-block;padding:.25em 0;color:var(--m)}' +
  'button{flex:1 0 auto;font-family:inherit;font-size:.9375em;font-weight:600;line-height:1.4;min-height:2.9334em;padding:.4em 1em;border:1px solid var(--m);border-radius:var(--r);background:var(--f);color:var(--t);cursor:pointer}' +
  '.quiet{border-color:var(--o);background:0;color:var(--i)}' +
  'button:hover{box-shadow:0 0 0 3px var(--l)}' +
  ':focus-visible{outline:3px solid var(--m);outline-offset:2px}' +
  'svg{flex:none;width:1.5em;fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round}' +
  // Little room: the buttons come before the words, and what is left is scrolled to.
  '.small{font-size:.875em}' +
  '.small .embed{display:flex;flex-direction:column;margin:0 auto;padding:.5em .75em}' +
  '.small svg,.low .name{display:none}' +
  '.small p{order:1;margin:.4em 0}' +
  '.small button{min-height:3.36em}' +
  '@media(pointer:fine){.small button{min-height:2em;padding:.1em .75em}}';

/** A held frame is empty: neither painted, nor a stop for Tab, nor told of. What is let go is held no longer. */
export const hidden = 'iframe[data-sekisho-src],embed[data-sekisho-src],object[data-sekisho-data],iframe[data-vendor][data-src]{visibility:hidden!important}';
