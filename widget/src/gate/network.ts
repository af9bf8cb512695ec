// Requests that a script makes by itself. Held ones fail the way a network fails, and are not made up for later.
import { lookup, open, options } from './hold';
import { getAttribute } from './native';

const refused = (url: unknown, kind: string, lax?: boolean) => {
  const tag = lookup(url, kind, lax);
  if (tag && !open(tag)) {
    options.onHeld(tag);
    return true;
  }
};

/** fetch rejects with an AbortError. */
export const fetching = (args: any[], go: () => unknown) =>
  refused(args[0]?.url || args[0], 'fetch') ? Promise.reject(new DOMException('held by sekisho', 'AbortError')) : go();

/** sendBeacon says that it queued nothing. */
export const beacon = (args: any[], go: () => unknown) => !refused(args[0], 'beacon') && go();

/** XMLHttpRequest.open and constructors: what goes nowhere fails as the browser itself has it fail: error, then close or loadend. */
export const connecting = (at: number, kind: string, nowhere: string) => (args: any[], go: () => unknown) => {
  if (refused(args[at], kind)) args[at] = nowhere;
  return go();
};

/** Whether a form may not go where it wants to. */
export const submitting = (form: Element, submitter?: Element | null) =>
  refused((submitter && getAttribute(submitter, 'formaction')) || getAttribute(form, 'action') || '', 'form', true);
