// Requests that a script makes by itself. Held ones fail the way a network fails, and are not made up for later: fetch
// rejects with an AbortError, sendBeacon and fetchLater return false: nothing is queued, and XMLHttpRequest, EventSource and WebSocket go
// nowhere, so that the browser itself fires error, then loadend or close.
import { lookup, open, options, quiet } from './hold';
import { getAttribute } from './native';

const refused = (url: unknown, kind: string, lax?: boolean) => {
  const tag = lookup(url, kind, lax);
  if (tag && !open(tag)) {
    options.onHeld(tag);
    return true;
  }
};

export const request = (args: any[], go: () => unknown, _: unknown, name: string) => {
  const at = name == 'open' ? 1 : 0;
  if (refused(args[at]?.url || args[at], ({ open: 'xhr', sendBeacon: 'beacon' } as any)[name] || name)) {
    if (/Beacon|Later/.test(name)) return false;
    if (name == 'fetch') args[1] = { signal: AbortSignal.abort() };
    // No browser connects to port 1.
    else args[at] = name == 'WebSocket' ? 'wss://x:1' : 'about:blank';
  }
  return go();
};

/** Whether a form may not go where it wants to. */
export const submitting = quiet((form: Element, submitter?: Element | null) =>
  refused(getAttribute(submitter || form, 'formaction') || getAttribute(form, 'action'), 'form', true),
);
