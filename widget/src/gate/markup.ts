// Markup that a script hands to the browser. Tags that must wait are made inert in the text itself: elements that the
// browser makes of it would fetch before anyone could look at them.
import { ATTRIBUTES, HELD, NAMES, PREFIX, inspect, open, quiet, scrub } from './hold';
import { currentScript, insertBefore, parse } from './native';
import { released } from './release';

const TAG = RegExp(`<(${NAMES.replaceAll(',', '|')})(?=[\\s/])("[^"]*"|'[^']*'|[^"'>])*`, 'gi');
const ATTRIBUTE = RegExp(`([\\s/"'])(${ATTRIBUTES.join('|')})\\s*=\\s*("[^"]*"|'[^']*'|[^\\s>]+)`, 'gi');

/** Trusted Types pass untouched: what the page vouches for, the gate cannot. */
const rewrite = quiet((html: unknown, write?: unknown) =>
  typeof html != 'string'
    ? html
    : html.replace(TAG, (tag, kind) => {
        kind = kind.toLowerCase();
        const script = kind == 'script';
        // Scripts in markup run only when they are written.
        if (script && !write) return tag;
        const [, rel] = /\srel\s*=\s*["']?([^"'>]+)/i.exec(tag) || [];
        let held: unknown;
        const aside = tag.replace(ATTRIBUTE, (all: string, gap: string, name: string, value: string) => {
          const tag = inspect(kind, name.toLowerCase(), value.replace(/^["']|["']$/g, ''), rel);
          if (!tag || open(tag)) return all;
          held = true;
          return `${gap}${PREFIX}${name}=${value}`;
        });
        if (!script) return aside;
        return held ? tag.replace(/\stype\s*=/i, ` ${PREFIX}type=`).replace(/^.{7}/, `$& type=${HELD}`) : tag;
      }),
);

/** innerHTML and everything like it. */
export const html = (args: any[], go: () => any, self: any, name: string) => {
  const before = args.slice();
  const write = /^write/.test(name);
  args.forEach((arg, i) => (args[i] = rewrite(arg, write) ?? arg));
  const result = go();
  if (args.some((arg, i) => arg != before[i])) scrub(self.nodeType ? self : result);
  return result;
};

/** document.write and its kin by a released script: the page stands by now and must not be wiped. */
export const write = (args: any[], go: () => any, self: any, name: string) => {
  const script = currentScript(document);
  let after = released.get(script);
  if (self != document || !after) return html(args, go, self, name);
  for (const text of args) {
    const nodes = parse(new Range(), text);
    const last = nodes.lastChild;
    scrub(nodes);
    insertBefore(after!.parentNode!, nodes, after!.nextSibling);
    released.set(script, (after = last || after));
  }
};
