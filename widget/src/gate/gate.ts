// The gate: holds third parties' tags until they may go. One table says what is watched, and by whom.
import type { Gate, GateOptions } from '../types';
import { PREFIX, configure, frames, guard, queue, scrub } from './hold';
import { html, write } from './markup';
import { apply, construct, defineProperty, getOwnPropertyDescriptor, listen, matches } from './native';
import { beacon, connecting, fetching, submitting } from './network';
import { listening, past, update } from './release';

/** args may be changed; go() does what the browser would. */
type Handler = (args: any[], go: () => any, self: any, name: string) => unknown;

const insert: Handler = (args, go) => {
  args.forEach((node) => scrub(node));
  const result = go();
  look();
  return result;
};

/** Frames of the page's own making share its origin: their insides are watched as well. */
const look = () => {
  for (const frame of frames.splice(0)) (frame as HTMLIFrameElement).contentWindow;
};
const enter: Handler = (_, go) => {
  const result = go();
  try {
    const inside = result.defaultView || result;
    // Pages of the site bring their own gate.
    if (/^about:/.test(inside.location.href)) watch(inside);
  } catch {}
  return result;
};

const TABLE: [owners: string, names: string, handler: Handler][] = [
  [
    'Node,Element,CharacterData,Document,DocumentFragment,Range',
    'appendChild,insertBefore,replaceChild,append,prepend,before,after,replaceWith,replaceChildren,moveBefore,insertAdjacentElement,importNode,adoptNode,insertNode,surroundContents',
    insert,
  ],
  [
    'HTMLScriptElement,HTMLImageElement,HTMLIFrameElement,HTMLLinkElement,HTMLSourceElement,HTMLMediaElement,HTMLVideoElement,HTMLTrackElement,HTMLEmbedElement,HTMLObjectElement,HTMLInputElement,HTMLFrameElement',
    'src,srcset,href,data,poster,srcdoc,imageSrcset',
    (args, go, self, name) => guard(self, name, args[0]) || go(),
  ],
  ['Element', 'setAttribute,setAttributeNS', (args, go, self) => guard(self, args.at(-2), args.at(-1)) || go()],
  ['Element', 'removeAttribute', (args, go, self) => (guard(self, args[0], ''), go())],
  [
    'Element,NamedNodeMap',
    'setAttributeNode,setAttributeNodeNS,setNamedItem,setNamedItemNS',
    ([node], go, self) => {
      if (guard(self, node?.name, node?.value)) return null;
      const result = go();
      scrub(node.ownerElement);
      return result;
    },
  ],
  ['Attr', 'value', (args, go, self) => guard(self.ownerElement, self.name, args[0]) || go()],
  ['Element,ShadowRoot,Range', 'innerHTML,outerHTML,setHTMLUnsafe,setHTML,insertAdjacentHTML,createContextualFragment', html],
  ['Document', 'write,writeln,open,close', write],
  ['Document', 'execCommand', html],
  ['HTMLIFrameElement,HTMLFrameElement,HTMLObjectElement', 'contentWindow,contentDocument', enter],
  ['HTMLFormElement', 'submit', (_, go, self) => submitting(self) || go()],
  ['EventTarget', 'addEventListener', listening],
  ['', 'onload', (args, go, self) => (go(), listening(['load', args[0]], () => 0, self))],
  ['', 'fetch,fetchLater', fetching],
  ['XMLHttpRequest', 'open', connecting(1, 'xhr', 'about:blank')],
  ['', 'EventSource', connecting(0, 'eventsource', 'about:blank')],
  // No browser connects to port 1.
  ['', 'WebSocket', connecting(0, 'websocket', 'wss://127.0.0.1:1')],
  ['Navigator', 'sendBeacon', beacon],
  [
    '',
    'Audio',
    (args, go) => {
      const [src] = args.splice(0);
      const audio = go();
      if (src !== undefined) audio.src = src;
      return audio;
    },
  ],
];

const observer = new MutationObserver((records) => {
  for (const { addedNodes } of records) for (const node of addedNodes) scrub(node, true);
  look();
});

const WAITING = ['src', 'srcdoc', 'data'].map((name) => `[${PREFIX}${name}]`).join();
const MARK = Symbol.for('sekisho');
const gate: Gate = { update, held: () => [...queue.values()] };

/** Puts the gate up in a window: the page's, and those of the frames that it fills by itself. */
const watch = (inside: any) => {
  if (inside[MARK]) return;
  inside[MARK] = gate;
  for (const [owners, names, handler] of TABLE)
    for (const owner of owners.split(','))
      for (const name of names.split(',')) {
        const target = owner ? inside[owner]?.prototype : inside;
        const descriptor: any = target && getOwnPropertyDescriptor(target, name);
        const key = descriptor?.set ? 'set' : descriptor?.get ? 'get' : 'value';
        const native = descriptor?.[key];
        if (!native) continue;
        descriptor[key] = new Proxy(native, {
          apply: (_, self, args) => handler(args, () => apply(native, self, args), self, name),
          construct: (_, args, target) => handler(args, () => construct(native, args, target), 0, name) as object,
        });
        // Where the page has frozen something, this does nothing.
        defineProperty(target, name, descriptor);
      }
  const { document } = inside;
  // A held frame loads nothing, and a held player fails: neither is news for the page.
  for (const type of ['load', 'error'])
    listen(document, type, (event) => matches(event.target as Element, WAITING) && event.stopImmediatePropagation(), true);
  listen(inside, 'submit', ((event: SubmitEvent) => submitting(event.target as Element, event.submitter) && event.preventDefault()) as any, true);
  scrub(document, true);
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
