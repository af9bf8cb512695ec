// The gate: holds third parties' tags until they may go. One table says what is watched, and by whom.
import type { Gate, GateOptions } from '../types';
import { Way, configure, enter, guard, queue, scrub, update } from './hold';
import { html } from './markup';
import { PREFIX } from './names';
import { listen } from './native';
import { request, submitting } from './network';

/** args may be changed; go() does what the browser would. */
type Handler = (args: any[], go: () => any, self: any, name: string) => unknown;

const insert: Handler = (args, go) => {
  for (const node of args) scrub(node, Way.Script);
  const result = go();
  enter();
  return result;
};

/** Frames of the page's own making share its origin: their insides are watched as well. */
const inside: Handler = (_, go) => {
  const result = go();
  try {
    const frame = result.defaultView || result;
    // Pages of the site bring their own gate.
    if (/^about:/.test(frame.location.href)) watch(frame);
  } catch {}
  return result;
};

/** By interface and member; the first that fits counts. Names that browsers may yet add are meant to fit. */
const TABLE: [RegExp, Handler][] = [
  [/HTML(Unsafe)?$|Contextual|execC|\.write/, html],
  [/\.(append|prepend|before|after|insert|replace|move|adopt|import|surround)/, insert],
  [
    /\.(set|remove)Attr|^H.*\.(src|href$|data$|poster|imageS)/,
    (args, go, self, name) => {
      const value = args.at(-1);
      if (!guard(self, args.at(-2) ?? value?.name ?? (name[0] == 'r' ? value : name), value?.value ?? value)) return go();
    },
  ],
  [/\.content[WD]/, inside],
  [/\.submit$/, (_, go, self) => submitting(self) || go()],
  [/\.(fetch|open|sendB|EventS|WebS|Aud)/, request],
];

const WATCHED = RegExp(TABLE.map(([pattern]) => pattern.source).join('|'));

const observer = new MutationObserver((records) => {
  for (const { addedNodes } of records)
    for (const node of addedNodes as any) {
      scrub(node, Way.Parsed);
      // A form's fields may be called so, and have no host.
      if (node.shadowRoot?.host) look(node.shadowRoot);
    }
  enter();
});

/** Looks at a document, or at a shadow root that stands in the markup, now and whenever the parser adds to it. */
const look = (root: Node) => {
  scrub(root, Way.Parsed);
  observer.observe(root, { childList: true, subtree: true });
};

const MARK = Symbol.for('sekisho');
let gate: Gate;

/** Puts the gate up in a window: the page's, and those of the frames that it fills by itself. */
const watch = (frame: any) => {
  if (frame[MARK]) return;
  frame[MARK] = gate;
  const all = Object.getOwnPropertyNames;
  const patch = (owner: string, target: any, names: string[]) => {
    for (const name of names) {
      const member = owner + '.' + name;
      // One pattern for all first: it takes a third of the time.
      if (WATCHED.test(member)) {
        const [, handler] = TABLE.find(([pattern]) => pattern.test(member))!;
        const descriptor = Reflect.getOwnPropertyDescriptor(target, name) as any;
        const key = descriptor?.set ? 'set' : descriptor?.get ? 'get' : 'value';
        const native = descriptor?.[key];
        // What is no function, the page has put there.
        if (!native?.call) continue;
        descriptor[key] = new Proxy(native, {
          apply: (_, self, args) => handler(args, () => Reflect.apply(native, self, args), self, name),
          construct: (_, args, target) => handler(args, () => Reflect.construct(native, args, target), 0, name) as object,
        });
        // Where the page has frozen something, this does nothing.
        Reflect.defineProperty(target, name, descriptor);
      }
    }
  };
  for (const name of all(frame))
    if (/^(HTML[EFILMOSTV]|Char|(Node|Element|Document)$|DocumentF|Range|Shadow|XMLHttpR|Navigator)/.test(name))
      // A page may have a global of such a name.
      if (frame[name]?.prototype) patch(name, frame[name].prototype, all(frame[name].prototype));
  patch('', frame, ['fetch', 'fetchLater', 'EventSource', 'WebSocket', 'Audio']);
  const { document } = frame;
  // A held frame is empty: that is no news for the page.
  listen(document, 'load', (event) => event.target.getAttribute?.(PREFIX + 'src') && event.stopImmediatePropagation(), true);
  listen(frame, 'submit', ((event: SubmitEvent) => submitting(event.target as Element, event.submitter) && event.preventDefault()) as any, true);
  look(document);
};

/** Puts the gate up, once in a page. To be called first in <head>, synchronously. */
export const install = (options: GateOptions): Gate => {
  const other = (window as any)[MARK];
  if (other) return other;
  configure(options);
  gate = { update, queue, options };
  watch(window);
  return gate;
};
