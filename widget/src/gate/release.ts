// Letting go: in the order in which tags came, after the next paint, never much at a time.
import type { TagInfo } from '../types';
import { ATTRIBUTES, HELD, PREFIX, RUNS, open, options, placed, queue, suspects } from './hold';
import { apply, currentScript, getAttribute, insertBefore, listen, remove, removeAttribute, setAttribute, within } from './native';

/** Scripts that the gate has let go, each with the node after which its next document.write goes. */
export const released = new WeakMap<Element | null, Node>();
/** Events that a script which comes late has missed. */
export const past: Record<string, unknown> = {};
/** Settled when the last script that others wait for has run or failed. */
let turn: Promise<unknown> | undefined;
let busy = false;
/** The nonce that the page gave to the gate. */
const { nonce } = (currentScript(document) || {}) as HTMLScriptElement;

/** Where both are there, async counts and defer does not. */
const late = (el: Element) =>
  ((el as HTMLScriptElement).defer && !(el as HTMLScriptElement).async) || getAttribute(el, PREFIX + 'type') == 'module';

/** Whether the parser has got past the element, so that all of it is there. */
const complete = (el: Node | null): boolean =>
  !!past.DOMContentLoaded || (!!el && (!!el.nextSibling || complete(el.parentNode)));

/** Lets go whatever may go by now. Scripts that the browser would have deferred come last. */
export const update = async () => {
  if (busy) return;
  busy = true;
  // A page in the background paints nothing.
  await new Promise((done) => {
    requestAnimationFrame(() => setTimeout(done));
    setTimeout(done, 200);
  });
  let start = performance.now();
  for (;;) {
    const due = [...queue].filter(([el, tag]) => open(tag) && complete(el));
    const next = due.find(([el]) => !late(el)) || due[0];
    if (!next) break;
    queue.delete(next[0]);
    try {
      await release(...next);
    } catch {}
    if (performance.now() - start > 8) {
      await new Promise((done) => setTimeout(done));
      start = performance.now();
    }
  }
  busy = false;
};

const release = async (el: Element, tag?: TagInfo) => {
  const kind = el.localName;
  const script = kind == 'script';
  const external = getAttribute(el, 'src') ?? getAttribute(el, 'data-src') ?? getAttribute(el, 'href');
  // Inline code runs as it is inserted.
  if (script && external == null) await turn;
  const parent = el.parentNode;
  const next = el.nextSibling;
  if (!el.isConnected && placed.has(el)) return;
  // Where a policy asks for nonces, markup without one would have run nothing, and must not through the gate.
  if (script && nonce && suspects.has(el) && nonce != (el as HTMLScriptElement).nonce) return;
  if (tag) options.onReleased(tag);

  if (kind == 'template') {
    const { content } = el as HTMLTemplateElement;
    const scripts = [...within(content, 'script')].filter((script) => RUNS.test(getAttribute(script, 'type') || ''));
    for (const script of scripts) {
      setAttribute(script, PREFIX + 'type', getAttribute(script, 'type') || '');
      setAttribute(script, 'type', HELD);
      suspects.add(script);
      placed.add(script);
    }
    if (parent) {
      insertBefore(parent, content, el);
      remove(el);
      for (const script of scripts) await release(script);
    }
    return;
  }

  // Out and in again: scripts run, frames leave no trace in the history, and nothing is asked for twice.
  const connected = el.isConnected;
  if (connected) remove(el);
  if (/^(text\/plain|sekisho\/held)$/.test(getAttribute(el, 'type')!)) removeAttribute(el, 'type');
  for (const name of ['type', ...ATTRIBUTES]) {
    for (const aside of [PREFIX + name, 'data-' + name]) {
      const value = getAttribute(el, aside);
      if (value == null || (aside != PREFIX + name && getAttribute(el, 'data-vendor') == null)) continue;
      removeAttribute(el, aside);
      if (value || name != 'type') setAttribute(el, name.replace('xlink:', ''), value);
      else removeAttribute(el, 'type');
    }
  }
  if (!connected) return;
  if (script) {
    released.set(el, el);
    if (external != null && getAttribute(el, 'async') == null) {
      // The browser fetches these at once and runs them one after the other.
      (el as HTMLScriptElement).async = false;
      turn = new Promise<unknown>((done) => {
        listen(el, 'load', done);
        listen(el, 'error', done);
        // One that the browser will not run says nothing at all.
        setTimeout(done, 1e4);
      });
    }
  }
  insertBefore(parent!, el, next);
};

/** addEventListener: a released script that waits for an event which is over is called soon, once. */
export const listening = (args: any[], go: () => unknown, self: unknown) => {
  const [type, fn] = args;
  if (past[type] && fn && (!self || self == window || self == document) && released.has(currentScript(document))) {
    const event = new Event(type);
    setTimeout(() => (fn.handleEvent ? fn.handleEvent(event) : apply(fn, self || window, [event])));
  } else return go();
};
