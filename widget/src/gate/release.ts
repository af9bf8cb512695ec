// Letting go: in the order in which tags came, never much at a time. No part of the gate's file, since for most visitors
// who have decided nothing waits.
import type { GateOptions, TagInfo } from '../types';
import { ATTRIBUTES, HELD, PREFIX, RUNS } from './names';

/** What the gate hands over. No object, since names of properties are what minifying cannot shorten. */
export type Core = [
  options: GateOptions,
  /** What is held, in the order in which it came. */
  queue: Map<Element, TagInfo>,
  /** Elements that have been in the document. One of these that is there no longer was taken out by the page. */
  placed: WeakSet<Element>,
  /** Elements that markup brought, and not a script by itself: under a policy with nonces these need their own. */
  suspects: WeakSet<Element>,
  /** What scripts have set as srcdoc: under Trusted Types no string will do in its place. */
  vouched: WeakMap<Element, unknown>,
  /** The page's nonce, if it gave the gate one. */
  nonce: string | undefined,
];

const pause = () => new Promise<void>((done) => setTimeout(done));

/** Returns what lets go whatever may go by then. */
export const release = ([options, queue, placed, suspects, vouched, nonce]: Core): (() => void) => {
  /** Scripts that were let go, each with the node before which its document.write goes. */
  const released = new WeakMap<Element, Node | null>();
  /** Settled when the last script that others wait for has run or failed. */
  let turn: Promise<unknown> | undefined;
  let busy = false;
  const past = begin(released);

  /** What the browser would have deferred. Where both attributes are there, async counts and defer does not. */
  const late = (el: Element) =>
    el.getAttribute(PREFIX + 'type') == 'module' || ((el as HTMLScriptElement).defer && !el.hasAttribute('async'));

  /** Whether the parser has got past the element, so that all of it is there. */
  const complete = (el: Node | null): unknown =>
    past('DOMContentLoaded') || (el && (el.nextSibling || complete(el.parentNode)));

  const run = async () => {
    if (busy) return;
    busy = true;
    let start = 0;
    try {
      for (;;) {
        if (performance.now() > start + 8) {
          await pause();
          start = performance.now();
        }
        const due = [...queue].filter(
          ([el, { vendor }]) => vendor >= 0 && options.allowed(vendor) && (late(el) ? past('DOMContentLoaded') : complete(el)),
        );
        const next = due.find(([el]) => !late(el)) || due[0];
        if (!next) break;
        queue.delete(next[0]);
        // Where the page's own policies refuse one, the next may pass.
        await free(...next).catch(() => {});
      }
    } catch {
      // Page code has broken what this stands on. Tags stay held.
    }
    busy = false;
  };

  /** `inner`: part of a template, and not reported by itself. */
  const free = async (el: Element, tag: TagInfo, inner?: boolean): Promise<void> => {
    const { vendor } = tag;
    const script = el.localName == 'script' && (el as HTMLScriptElement);
    // Inline code runs as it is inserted.
    if (script && el.firstChild) await turn;
    const { parentNode: parent, nextSibling: next, isConnected: connected } = el;
    if (!connected && placed.has(el)) return;
    // Where a policy asks for nonces, markup without one would have run nothing, and must not through the gate.
    if (script && nonce && suspects.has(el) && nonce != script.nonce) return;
    // Denied while it waited.
    if (!options.allowed(vendor)) {
      queue.set(el, tag);
      return;
    }

    // Out and in again: scripts run, frames leave no trace in the history, and nothing is asked for twice.
    if (connected) el.remove();
    if (el.localName == 'template') {
      const { content } = el as HTMLTemplateElement;
      if (!content.firstChild) uncover(`about:invalid#${el.getAttribute('data-vendor')}/`);
      const scripts = [...content.querySelectorAll('script')];
      const media = [...content.querySelectorAll<HTMLMediaElement>('video,audio')];
      scripts.forEach(park);
      if (connected) parent!.insertBefore(content, next);
      options.onReleased(tag);
      // What comes from a template's document stays idle by itself.
      for (const one of media) one.load();
      for (const one of scripts) {
        await free(one, { vendor, kind: 'script', url: one.src }, true);
        // Its insertion was seen, too. What the owner marked by itself waits for its own turn.
        if (RUNS.test(one.type)) queue.delete(one);
      }
      return;
    }
    try {
      restore(el);
    } finally {
      if (connected) {
        if (script) announce(script, next);
        parent!.insertBefore(el, next);
      }
    }
    if (!inner) options.onReleased(tag);
  };

  /** URLs in styles and the like that marked markup has put behind `cover`. */
  const uncover = (cover: string) => {
    for (const el of document.querySelectorAll('style,[style],[background],[ping]'))
      for (const node of [...el.attributes, ...(el.localName == 'style' ? el.childNodes : [])])
        if (node.nodeValue!.includes(cover)) node.nodeValue = node.nodeValue!.replaceAll(cover, '');
  };

  /** Keeps a script of a template from running before its turn. */
  const park = (script: HTMLScriptElement) => {
    const type = script.getAttribute('type');
    if (type) script.setAttribute(PREFIX + 'type', type);
    script.type = HELD;
    suspects.add(script);
    placed.add(script);
  };

  /** Gives an element that is out of the document all its attributes back. */
  const restore = (el: Element) => {
    if (el.localName == 'script' && !RUNS.test(el.getAttribute('type') || '')) el.removeAttribute('type');
    for (const { name, value } of [...el.attributes]) {
      const [, own, real] = /^data-(sekisho-)?(.*)/.exec(name) || [];
      if (!own && !(ATTRIBUTES.includes(real!) && el.hasAttribute('data-vendor'))) continue;
      el.removeAttribute(name);
      if (real == 'text') el.textContent = value;
      else el.setAttribute(real!.replace('xlink:', ''), real == 'srcdoc' ? ((vouched.get(el) as string) ?? value) : value);
    }
  };

  /** Before a script goes in: others may have to wait for it, and what it writes has its place. */
  const announce = (script: HTMLScriptElement, next: Node | null) => {
    released.set(script, next);
    if (!script.src || script.hasAttribute('async')) return;
    // The browser fetches these at once and runs them one after the other.
    script.async = false;
    turn = new Promise((done) => {
      script.addEventListener('load', done);
      script.addEventListener('error', done);
      // One that the browser will not run says nothing at all.
      setTimeout(done, 10_000);
    });
  };

  addEventListener('DOMContentLoaded', run);
  return run;
};

/**
 * Scripts that come late find the page standing. What they write goes in behind them and wipes nothing, and what they
 * would do on DOMContentLoaded or load they do soon, once. Returns whether such an event is over.
 */
const begin = (released: WeakMap<Element, Node | null>) => {
  // An element with that name hides it from plain access.
  const current = Object.getOwnPropertyDescriptor(Document.prototype, 'currentScript')!.get!;
  const isLate = () => released.has(current.call(document));
  const [timing] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
  const past = (type: string): unknown =>
    type == 'DOMContentLoaded' ? timing?.domContentLoadedEventStart : type == 'load' && timing?.loadEventStart;

  const soon = (self: unknown, type: string, fn: any) => {
    const event = new Event(type);
    setTimeout(() => (fn.call ? fn.call(self, event) : fn.handleEvent(event)));
  };
  /** Out of sight of loops, and whatever the page has frozen. What an element's name hides, nobody can call. */
  const stand = (target: any, name: string, apply: (native: any, self: any, args: any[]) => unknown) => {
    if (target[name]?.call) Reflect.defineProperty(target, name, { value: new Proxy(target[name], { apply }), writable: true, configurable: true });
  };
  for (const target of [window, document]) {
    stand(target, 'addEventListener', (native, self = window, args) => {
      if (self == target && args[1] && past(args[0]) && isLate()) soon(self, args[0], args[1]);
      else native.apply(self, args);
    });
  }
  const onload = Object.getOwnPropertyDescriptor(window, 'onload')!;
  Reflect.defineProperty(window, 'onload', {
    ...onload,
    set(fn) {
      onload.set!.call(window, fn);
      if (typeof fn == 'function' && past('load') && isLate()) soon(window, 'load', fn);
    },
  });
  for (const name of ['write', 'writeln', 'open', 'close']) {
    stand(document, name, (native, self, args) => {
      const script = current.call(document);
      if (!released.has(script)) return native.apply(self, args);
      if (name[0] == 'w') {
        for (const text of args) {
          // The script's own markup, as it would have been written.
          const nodes = new Range().createContextualFragment(text);
          script.parentNode.insertBefore(nodes, released.get(script));
        }
      }
    });
  }
  return past;
};
