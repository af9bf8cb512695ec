// Markup that a script hands to the browser. Elements that the browser makes of it would fetch before anyone could look
// at them, so a copy is looked at first, in a template, where nothing fetches.
import { ANY, KINDS, Way, enter, moves, scrub, visit } from './hold';
import { copy } from './native';

const CANDIDATE = RegExp('<' + ANY, 'i');

/**
 * innerHTML and everything like it. Trusted Types pass untouched: what the page vouches for, the gate cannot. Scripts in
 * markup run only when they are written.
 */
export const html = (args: any[], go: () => any, self: any, name: string) => {
  let found;
  args.forEach((text, i) => {
    if (typeof text == 'string' && self != copy && CANDIDATE.test(text)) {
      found = true;
      copy.innerHTML = text;
      const before = moves;
      for (const el of copy.content.querySelectorAll(KINDS)) if (/^write/.test(name) || el.localName != 'script') visit(el, Way.Copy);
      if (moves > before) args[i] = copy.innerHTML;
    }
  });
  const result = go();
  if (found) {
    scrub(self, Way.Markup);
    enter();
  }
  return result;
};
