// What the visitor's own record adds to the look of the preferences.

export const css =
  '.own{display:flex;flex-wrap:wrap;align-items:center;gap:.625em;margin-top:1em}' +
  '.own code{flex:1 1 20em;font-size:.875em;user-select:all}' +
  '.own p{flex:1 0 100%}' +
  '.sure{padding:1em;border:1px solid var(--o);border-radius:var(--r)}' +
  '.own[hidden]{display:none}' +
  '[part=record] summary{padding-inline-end:0}' +
  '[role=status]:not(:empty){margin-top:1em}';
