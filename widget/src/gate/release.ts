// Letting go: in the order in which tags came, after the next paint, never much at a time.
import type { TagInfo } from '../types';
import { ATTRIBUTES, PREFIX, RUNS, open, options, park, placed, queue, suspects, vouched } from './hold';
import { currentScript, getAttribute, insertBefore, listen, remove, removeAttribute, setAttribute } from './native';

/** Scripts that the gate has let go, each with the node before which its document.write goes. */
export const released = new WeakMap<Element, Node | null>();
/** Events that a script which comes late has missed. */
export const past: Record<string, unknown> = {};
/** Settled when the last script that others wait for has run or failed. */
let turn: Promise<unknown> | undefined;
let busy = false;
/** The nonce that the page gave to the gate. */
const { nonce } = (currentScript(document) || {}) as HTMLScriptElement;

/** What the browser would have deferred. Where both attributes are there, async counts and defer does not. */
const late = (el: Element) =>
  getAttribute(el, PREFIX + 'type') == 'module' || ((el as HTMLScriptElement).defer && getAttribute(el, 'async') == null);

/** Whether the parser has got past the element, so that all of it is there. */
const complete = (el: Node | null): unknown => past.DOMContentLoaded || (el && (el.nextSibling || complete(el.parentNode)));

/** Lets go whatever may go by now. */
export const update = async () => {
  if (busy) return;
  busy = true;
  for (;;) {
    await new Promise((done) => setTimeout(done));
    const due = [...queue].filter(([el, tag]) => open(tag) && complete(el));
    const next = due.find(([el]) => !late(el)) || due[0];
    if (!next) break;
    queue.delete(next[0]);
    try {
      await release(...next);
    } catch {}
  }
  busy = false;
};

const release = async (el: Element, tag?: TagInfo) => {
  const kind = el.localName;
  const script = kind == 'script' && (el as HTMLScriptElement);
  const get = (name: string) => getAttribute(el, name);
  // Inline code runs as it is inserted.
  if (script && el.firstChild) await turn;
  const parent = el.parentNode;
  const next = el.nextSibling;
  const connected = el.isConnected;
  if (!connected && placed.has(el)) return;
  // Where a policy asks for nonces, markup without one would have run nothing, and must not through the gate.
  if (script && nonce && suspects.has(el) && nonce != script.nonce) return;
  if (tag) options.onReleased(tag);

  // Out and in again: scripts run, frames leave no trace in the history, and nothing is asked for twice.
  if (connected) remove(el);
  if (kind == 'template') {
    const { content } = el as HTMLTemplateElement;
    const scripts = [...content.querySelectorAll('script')];
    for (const script of scripts) {
      park(script);
      suspects.add(script);
      placed.add(script);
    }
    if (connected) insertBefore(parent!, content, next);
    for (const script of scripts) await release(script);
    return;
  }
  if (script && !RUNS.test(get('type') || '')) removeAttribute(el, 'type');
  for (const { name, value } of [...el.attributes]) {
    const [, own, real] = /^data-(sekisho-)?(.*)/.exec(name) || [];
    if (own || (ATTRIBUTES.includes(real!) && get('data-vendor') != null)) {
      removeAttribute(el, name);
      setAttribute(el, real!.replace('xlink:', ''), vouched.get(el) || value);
    }
  }
  if (!connected) return;
  if (script) {
    released.set(el, next);
    if (script.src && get('async') == null) {
      // The browser fetches these at once and runs them one after the other.
      script.async = false;
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

/** addEventListener and window.onload: a released script that waits for an event which is over is called soon, once. */
export const listening = (args: any[], go: () => unknown, self: unknown, name: string) => {
  const [type, fn] = name == 'onload' ? ['load', ...args] : args;
  if (past[type] && fn && (!self || self == window || self == document) && released.has(currentScript(document)!)) {
    const event = new Event(type);
    setTimeout(() => (fn.call ? fn.call(self || window, event) : fn.handleEvent(event)));
  } else return go();
};
