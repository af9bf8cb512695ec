// The gate: holds third parties' tags until they may go. One table says what is watched, and by whom.
import type { Gate, GateOptions } from '../types';
import { ATTRIBUTES, PREFIX, Way, configure, enter, guard, queue, scrub } from './hold';
import { html, write } from './markup';
import { accessor, apply, construct, getAttribute, listen } from './native';
import { request, submitting } from './network';
import { listening, past, update } from './release';

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
  [/HTML(Unsafe)?$|Contextual|execC/, html],
  [/\.(append|prepend|before|after|insert|replace|move|adopt|import|surround)/, insert],
  [
    RegExp(`\\.setAttr|^H.*\\.(${ATTRIBUTES.join('|')})$`, 'i'),
    (args, go, self, name) => {
      const value = args.at(-1);
      if (!guard(self, args.at(-2) ?? value?.name ?? name, value?.value ?? value)) return go();
    },
  ],
  [/\.removeAttribute$/, (args, go, self) => (guard(self, args[0], ''), go())],
  [/^Document\.(write|open|close)/, write],
  [/\.content[WD]/, inside],
  [/\.submit$/, (_, go, self) => submitting(self) || go()],
  [/\.(addE|onload)/, listening],
  [/\.(fetch|open|sendB|EventS|WebS)/, request],
  [/\.Aud/, (_, go) => {
      const audio = go();
      scrub(audio, Way.Script);
      return audio;
    }],
];

const observer = new MutationObserver((records) => {
  for (const { addedNodes } of records) for (const node of addedNodes) scrub(node, Way.Parsed);
  enter();
});

const MARK = Symbol.for('sekisho');
const gate: Gate = { update, held: () => [...queue.values()] };

/** Puts the gate up in a window: the page's, and those of the frames that it fills by itself. */
const watch = (frame: any) => {
  if (frame[MARK]) return;
  frame[MARK] = gate;
  const patch = (owner: string, target: any, names: string[]) => {
    for (const name of names)
      for (const [pattern, handler] of TABLE)
        if (pattern.test(`${owner}.${name}`)) {
          const descriptor = accessor(target, name);
          const key = descriptor.set ? 'set' : descriptor.get ? 'get' : 'value';
          const native = descriptor[key];
          descriptor[key] = new Proxy(native, {
            apply: (_, self, args) => handler(args, () => apply(native, self, args), self, name),
            construct: (_, args, target) => handler(args, () => construct(native, args, target), 0, name) as object,
          });
          // Where the page has frozen something, this does nothing.
          Reflect.defineProperty(target, name, descriptor);
          break;
        }
  };
  const names = Object.getOwnPropertyNames;
  for (const name of names(frame))
    if (/^(HTML|Node$|Element$|Char|Document|Range|Shadow|XMLHttpRequest$|Navigator$|EventT)/.test(name))
      patch(name, frame[name].prototype, names(frame[name].prototype));
  patch('', frame, ['fetch', 'fetchLater', 'EventSource', 'WebSocket', 'Audio', 'onload']);
  const { document } = frame;
  // A held frame loads nothing, and a held player fails: neither is news for the page.
  for (const type of ['load', 'error'])
    listen(document, type, (event) => (queue.has(event.target) || getAttribute(event.target, PREFIX + 'src') != null) && event.stopImmediatePropagation(), true);
  listen(frame, 'submit', ((event: SubmitEvent) => submitting(event.target as Element, event.submitter) && event.preventDefault()) as any, true);
  scrub(document, Way.Parsed);
  observer.observe(document, { childList: true, subtree: true });
};

/** Puts the gate up, once in a page. To be called first in <head>, synchronously. */
export const install = (options: GateOptions): Gate => {
  const other = (window as any)[MARK];
  if (other) return other;
  configure(options);
  for (const type of ['DOMContentLoaded', 'load'])
    listen(window, type, () => {
      past[type] = true;
      update();
    });
  watch(window);
  return gate;
};
