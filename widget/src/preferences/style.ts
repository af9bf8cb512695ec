// The second layer: a dialog in the middle, a sheet on a phone.

export const css =
  'dialog{position:fixed;inset:0;margin:auto;padding:0;width:calc(100% - 2em);max-width:45em;max-height:min(100% - 2em,54em);border:1px solid var(--l);border-radius:var(--r);background:var(--p);color:inherit;box-shadow:0 16px 64px #0a142040;overflow:hidden}' +
  'dialog[open]{display:flex;flex-direction:column}' +
  '::backdrop{background:#0b101780}' +
  '.head,.answers{flex:none;padding:.75em 1.5em}' +
  '.head{display:flex;align-items:center;justify-content:space-between;border-bottom:1px solid var(--l);padding-inline-end:.75em}' +
  '.head .button{border:0;width:2.9334em;padding:0}' +
  '.head svg{display:block;margin:auto}' +
  '[tabindex]{outline:0}' +
  '.answers{display:grid;grid-auto-flow:column;grid-auto-columns:1fr;gap:.625em;border-top:1px solid var(--l);padding-block:.875em calc(.875em + env(safe-area-inset-bottom))}' +
  '.answers .button{padding-inline:.25em}' +
  '.body{flex:1;overflow:auto;overscroll-behavior:contain;padding:1.125em 1.5em 1.5em}' +
  '.soft,.body>p,.body section>p{color:var(--s)}' +
  '.soft,small{font-size:.8125em;font-weight:400}' +
  '.body>p+p{margin-top:.5em}' +
  '.mine{display:flex;flex-wrap:wrap;align-items:center;justify-content:space-between;gap:.5em 1em;margin-top:.75em}' +
  '.mine .button{font-size:.8125em;min-height:3.3847em}' +
  'input{font:inherit;width:100%;min-height:2.75em;margin-top:1em;padding:0 .875em;border:1px solid var(--o);border-radius:var(--r);background:0;color:inherit}' +
  '::placeholder{color:var(--s);opacity:1}' +
  'section{margin-top:1.75em}' +
  '.row{display:flex;align-items:center;gap:1em;min-height:2.75em}' +
  'h3{flex:1;font-size:1em;line-height:1.5}' +
  'ul{list-style:none;padding:0;margin-top:.625em;border-top:1px solid var(--l)}' +
  '.vendor{position:relative;border-bottom:1px solid var(--l);content-visibility:auto;contain-intrinsic-size:auto 3.25em;overflow-clip-margin:.5em}' +
  'summary{display:flex;flex-wrap:wrap;align-items:center;gap:0 .5em;padding:.4em 0;padding-inline:1.6em 4.25em;min-height:3.2em;font-size:.9375em;cursor:pointer;list-style:none}' +
  'summary::-webkit-details-marker{display:none}' +
  'summary:before{content:"";position:absolute;inset-inline-start:.25em;top:1.35em;width:.4em;height:.4em;border:solid var(--s);border-width:0 1.5px 1.5px 0;transform:rotate(45deg) translate(-25%,-25%)}' +
  '[open]>summary:before{transform:rotate(225deg)}' +
  ':is(.state,summary,dialog):focus-visible{outline-offset:-3px}' +
  '.vendor .state{position:absolute;inset-inline-end:0;top:.125em;line-height:2.75em}' +
  '.vendor span.state{top:.47em}' +
  '.tag{padding:0 .5em;border:1px solid var(--o);border-radius:1em;color:var(--s)}' +
  'dl{display:grid;grid-template-columns:9em 1fr;gap:.5em 1em;padding:.25em 0 1.125em;padding-inline:1.715em 0;font-size:.875em}' +
  'dt{color:var(--s)}' +
  'dd{min-width:0}' +
  '.wide{grid-column:1/-1}' +
  'code{font-family:monospace;font-size:.9em;margin-inline-end:.5em}' +
  // The switch: 3.25 by 2.75em to hit, 2.75 by 1.5em to see. Its state shows by the
  // knob's place and not by colour alone.
  '[role=switch]{flex:none;position:relative;width:3.25em;height:2.75em;margin-inline-end:-.25em;padding:0;border:0;background:0;font-size:1em;cursor:pointer;border-radius:.5em}' +
  '[role=switch]:before,[role=switch]:after{content:"";position:absolute;border-radius:2em}' +
  '[role=switch]:before{inset:.625em .25em;border:2px solid var(--o)}' +
  '[role=switch]:after{top:.9375em;inset-inline-start:.5625em;width:.875em;height:.875em;background:var(--o)}' +
  '[aria-checked=true]:before{background:var(--m);border-color:var(--m)}' +
  '[aria-checked=true]:after{inset-inline-start:1.8125em;background:var(--p)}' +
  '[aria-checked=mixed]:before{border-color:var(--m)}' +
  '[aria-checked=mixed]:after{inset-inline-start:1.1875em;top:1.25em;height:.25em;background:var(--m)}' +
  '.body a{display:inline-block;padding-block:.2em}' +
  '@media(pointer:coarse){.body a{padding-block:.95em}}' +
  '@media(forced-colors:active){[role=switch]{forced-color-adjust:none;--m:Highlight;--o:ButtonText;--p:HighlightText}}' +
  '@media(prefers-reduced-motion:no-preference){[role=switch]:after{transition:inset-inline-start .12s}}' +
  '@media(max-width:43.99em){' +
  'dialog{inset:auto 0 0;width:100%;max-width:none;max-height:calc(100% - 2em);border-width:1px 0 0;border-end-start-radius:0;border-end-end-radius:0}' +
  '.head,.answers,.body{padding-inline:1.25em}' +
  '.head{padding-inline-end:.3125em}' +
  'dl{grid-template-columns:1fr;gap:0}' +
  'dd{margin-bottom:.625em}' +
  '}' +
  // Zoomed in to 400 %, heading and buttons must not eat the whole height.
  '@media(max-height:26em){dialog[open]{display:block;overflow:auto}}';
