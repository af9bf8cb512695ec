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
  let look;
  args.forEach((text, i) => {
    // Relative URLs are the page's own.
    if (typeof text == 'string' && self != copy && text.includes('//') && CANDIDATE.test(text)) {
      const before = moves;
      copy.innerHTML = text;
      for (const el of copy.content.querySelectorAll(KINDS)) if (/^write/.test(name) || el.localName != 'script') visit(el, Way.Copy);
      if (moves > before) args[i] = look = copy.innerHTML;
    }
    look ||= /<if|data-vendor/i.test(text);
  });
  const result = go();
  if (look) {
    scrub(self, Way.Markup);
    enter();
  }
  return result;
};
