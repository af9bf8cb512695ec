// The first layer, the way back in, and the short message beside it.

export const css =
  // On a phone, and wherever there is no room for more, a sheet within the reach of a thumb.
  '.banner{position:fixed;inset:auto 0 0;max-height:75%;overflow:auto;display:flex;flex-wrap:wrap;align-items:center;gap:1em 3em;padding:1.125em max(1.25em,50% - 38em,env(safe-area-inset-left),env(safe-area-inset-right)) calc(1.125em + env(safe-area-inset-bottom));background:var(--p);border-top:1px solid var(--l);box-shadow:0 0 32px #0a142028' +
  (LAYOUT == 'bar' ? '' : ';border-radius:var(--r) var(--r) 0 0') +
  // What a browser makes of a dialog is undone; the heading has the focus for those who listen.
  (LAYOUT == 'dialog' ? ';width:100%;max-width:none;margin:auto 0 0;border-width:1px 0 0;color:inherit}.banner:focus-visible{outline-offset:-3px}#title{outline:0}::backdrop{background:#0b101780' : '') +
  '}' +
  '.words{flex:1 32em}' +
  '.words p{margin-top:.375em;color:var(--s)}' +
  // Accept and reject are equal parts of a row, or a row each, whatever their words.
  '.choices{flex:1;display:flex;flex-wrap:wrap;gap:.625em}' +
  '.choices .button{flex:1 0 auto;width:8.8em}' +
  '@media(min-width:44em){' +
  (LAYOUT == 'bar' ? '.choices{flex:none;margin-inline-start:auto}' : '') +
  (LAYOUT == 'card' ? `.banner{inset:auto ${POSITION == 'left' ? 'auto 1.25em 1.25em' : '1.25em 1.25em auto'};width:27em;max-height:90%;padding:1.375em;border:1px solid var(--l);border-radius:var(--r)}` : '') +
  (LAYOUT == 'dialog' ? '.banner{inset:0;margin:auto;width:36em;max-height:90%;padding:1.75em;border:1px solid var(--l);border-radius:var(--r)}' : '') +
  (POSITION == 'top' ? '.banner{inset:0 0 auto;border-width:0 0 1px}' : '') +
  '}' +
  '.back,.said{position:fixed;bottom:calc(.75em + env(safe-area-inset-bottom));inset-inline-start:calc(.75em + env(safe-area-inset-left));display:flex;overflow:hidden}' +
  '.back{align-items:center;gap:.625em;max-width:2.9334em;padding:0 .65em;white-space:nowrap;border-color:var(--l);border-radius:2em;background:var(--p);color:var(--i);outline-offset:-3px}' +
  'div:not(.shut)>.back:is(:hover,:focus-visible){max-width:22em;padding-inline-end:1em}' +
  '.said{margin-bottom:3.5em;border-radius:var(--r);background:var(--i);color:var(--p)}' +
  '.said:not(:empty){padding:.5em 1em}';
