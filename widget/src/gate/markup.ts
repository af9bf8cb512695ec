// Markup that a script hands to the browser. Elements that the browser makes of it would fetch before anyone could look
// at them, so a copy is looked at first, in a template, where nothing fetches.
import { ANY, KINDS, Way, enter, quiet, scrub, visit } from './hold';
import { currentScript, getHTML, setHTML } from './native';
import { released } from './release';

const copy = document.createElement('template');
const CANDIDATE = RegExp('<' + ANY, 'i');

/** The markup with what must wait made inert, if anything must. Scripts in markup run only when they are written. */
const rewrite = quiet((html: string, write: boolean) => {
  setHTML(copy, html);
  let held;
  for (const el of copy.content.querySelectorAll(KINDS)) if (write || el.localName != 'script') held = visit(el, Way.Copy) || held;
  return held && getHTML(copy);
});

/** innerHTML and everything like it. Trusted Types pass untouched: what the page vouches for, the gate cannot. */
export const html = (args: any[], go: () => any, self: any, name: string) => {
  let found;
  args.forEach((text, i) => {
    if (typeof text == 'string' && CANDIDATE.test(text)) {
      found = true;
      args[i] = rewrite(text, /^write/.test(name)) || text;
    }
  });
  const result = go();
  if (found) {
    scrub(self, Way.Markup);
    enter();
  }
  return result;
};

/** document.write and its kin by a released script: the page stands by now and must not be wiped. */
export const write = (args: any[], go: () => any, self: any, name: string) => {
  const script = currentScript(document)!;
  if (self != document || !released.has(script)) return html(args, go, self, name);
  for (const text of args) script.parentNode!.insertBefore(new Range().createContextualFragment(text), released.get(script)!);
};
