// The first layer, the way back in, and the short message beside it.

/** The site's own, set when its files are made: the look of another site is not sent. */
declare const LAYOUT: 'bar' | 'card' | 'dialog';
declare const POSITION: 'bottom' | 'top' | 'left' | 'right' | 'center';

export const css =
  // On a phone, and wherever there is no room for more, a sheet within the reach of a thumb.
  '.banner{position:fixed;inset:auto 0 0;max-height:100%;overflow:auto;display:flex;flex-wrap:wrap;align-items:center;gap:1em 3em;padding:1.125em max(1.25em,50% - 38em,env(safe-area-inset-left),env(safe-area-inset-right)) calc(1.125em + env(safe-area-inset-bottom));background:var(--p);border-top:1px solid var(--l);box-shadow:0 0 32px #0a142028}' +
  '.words{flex:1 1 32em}' +
  '.words p{margin-top:.375em;color:var(--s)}' +
  // Accept and reject are equal parts of a row, or a row each, whatever their words.
  '.choices{flex:1;display:flex;flex-wrap:wrap;gap:.625em}' +
  '.choices .button{flex:1 0 auto;width:8.8em}' +
  '@media(min-width:44em){' +
  (LAYOUT == 'card'
    ? '.banner{inset:auto 1.25em 1.25em auto;width:27em;max-height:calc(100% - 2.5em);padding:1.375em;border:1px solid var(--l);border-radius:var(--r)}'
    : LAYOUT == 'dialog'
      ? '.banner{inset:0;margin:auto;width:36em;height:fit-content;max-height:calc(100% - 2.5em);padding:1.75em;border:1px solid var(--l);border-radius:var(--r)}'
      : '.choices{flex:none;margin-inline-start:auto}') +
  (POSITION == 'top' ? '.banner{inset:0 0 auto;border-width:0 0 1px}' : '') +
  (POSITION == 'left' ? '.banner{right:auto;left:1.25em}' : '') +
  '}' +
  '.back,.said{position:fixed;bottom:calc(.75em + env(safe-area-inset-bottom));left:calc(.75em + env(safe-area-inset-left));display:flex;overflow:hidden}' +
  '.back{align-items:center;gap:.625em;max-width:2.9334em;padding:0 .65em;white-space:nowrap;border-color:var(--l);border-radius:2em;background:var(--p);color:var(--i)}' +
  '.back:hover,.back:focus-visible{max-width:22em;padding-inline-end:1em}' +
  '.said{margin-bottom:3.5em;border-radius:var(--r);background:var(--i);color:var(--p)}' +
  '.said:not(:empty){padding:.5em 1em}';
