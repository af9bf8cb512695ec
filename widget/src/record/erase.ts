// Erasing what the service and this browser hold of the visitor.

import { attempt } from '../attempt';
import { put } from '../store/put';
import type { Host } from '../types';

/** Whoever sends decisions holds this lock meanwhile, in any tab. */
const LOCK = 'sekisho.queue';

/**
 * Erases at the service, then here, then loads the page anew. Nothing is sent in between that would make a record
 * again. Resolves with the reason in words, and with everything as it was, if the service could not do it.
 */
export const erase = (host: Host, ask: () => Promise<unknown>): Promise<string> => {
  const run = async (): Promise<string> => {
    try {
      await ask();
    } catch (reason) {
      return reason as string;
    }
    forget(host.site.domain);
    location.reload();
    // Holds the lock until the page is gone.
    return new Promise(() => {});
  };
  return Promise.resolve()
    .then(() => navigator.locks.request(LOCK, run))
    // No Web Locks, or they are refused.
    .catch(run) as Promise<string>;
};

/** Takes the decision out of this browser; `domain` is that on which the service may have set the cookie. */
const forget = (domain: string) => {
  for (const name of ['sekisho', 'sekisho_allowed'])
    for (const scope of ['', '; Domain=' + domain])
      put(`${name}=; Path=/; Max-Age=0${scope}`);
  // The mirror comes last: its event makes other tabs look.
  for (const name of ['.seen', '.queue', '']) attempt(() => localStorage.removeItem('sekisho' + name));
  // A tab hears nothing of what it does itself.
  dispatchEvent(new StorageEvent('storage', { key: 'sekisho' }));
};
