import { attempt } from '../attempt';
import type { Action } from '../types';

/** Decisions that the service has not confirmed yet, oldest first, in localStorage. */
const QUEUE = 'sekisho.queue';
/** At most so many of them, in so many characters; the oldest give way. */
const MOST = 50;
const SIZE = 65536;
/** Between two attempts, in milliseconds. */
const SHORTEST = 1e3;
const LONGEST = 36e5;
/** An attempt without an answer is given up after this many milliseconds. */
const PATIENCE = 3e4;

/** A decision as the service takes it. */
export interface Body {
  id: string;
  visitor: string;
  sequence: number;
  revision: number;
  action: Action;
  granted: string[];
  denied: string[];
  language: string;
  layer: 0 | 1 | 2;
  at: string;
  page: string;
}

/** Detail of the event "recorded": the service's answer, or its refusal as a problem document (RFC 9457). */
export type Recorded =
  | { id: string; site: string; revision: number; recordedAt: string; receipt: unknown }
  | { id: string; error: { status: number; title?: string; detail?: string; errors?: unknown[] } };

export interface Transport {
  /** Keeps a decision until the service has confirmed or refused it. */
  put(body: Body): void;
  /** Sends what is waiting, unless the service asked for patience. For every occasion that promises better luck. */
  flush(): void;
}

/**
 * A decision leaves the queue after a 2xx whose receipt was read, or after the service itself refused it for good: a
 * 4xx other than 408, 425 and 429 with its own problem document. So 409 (revision unknown or retired) and 422 are
 * final and come out as "recorded" with `error`; a proxy's or hotel network's page of whatever status is not.
 * Anything else is tried again, with full jitter. Sending twice is harmless: the id is the same.
 *
 * `send` is the browser's own fetch.
 */
export const openTransport = (
  send: typeof fetch,
  url: string,
  credentials: RequestCredentials,
  recorded: (detail: Recorded) => void,
): Transport => {
  // What this page decided stays here as well: for browsers without storage, and because two tabs that write the
  // queue at once can lose an entry.
  const mine: Record<string, Body> = {};
  let busy = false;
  let failures = 0;
  let notBefore = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const load = (): typeof mine => ({
    ...attempt(() => Object.fromEntries(JSON.parse(localStorage.getItem(QUEUE)!).map((body: Body) => [body.id, body]))),
    ...mine,
  });
  const save = (queue: typeof mine) => {
    const list = Object.values(queue);
    let text: string;
    while ((text = JSON.stringify(list)).length > SIZE || list.length > MOST) delete mine[list.shift()!.id];
    attempt(() => (list[0] ? localStorage.setItem(QUEUE, text) : localStorage.removeItem(QUEUE)));
  };

  const run = async () => {
    try {
      for (let queue, ids; (ids = Object.keys((queue = load()))).length; ) {
        // Oldest first; after a failure another one, so that none can block the rest.
        const id = ids[failures % ids.length];
        // A string goes out as text/plain, which needs no preflight.
        const response = await send(url, {
          method: 'POST',
          body: JSON.stringify(queue[id]),
          keepalive: true,
          credentials,
          // Absent before Chromium 103 and Safari 16.
          signal: AbortSignal.timeout?.(PATIENCE),
        });
        const { ok, status } = response;
        notBefore = Date.now() + Math.min(+response.headers.get('Retry-After')! * 1e3 || 0, LONGEST);
        const answer = await response.json();
        if (ok ? answer.id != id : answer.status != status || status > 499 || /408|425|429/.test('' + status)) throw 0;
        failures = 0;
        delete mine[id];
        queue = load();
        delete queue[id];
        save(queue);
        recorded(ok ? answer : { id, error: answer });
      }
    } catch {
      timer = setTimeout(
        start,
        Math.max(Math.random() * Math.min(SHORTEST * 2 ** failures++, LONGEST), notBefore - Date.now()),
      );
    }
    busy = false;
  };

  const start = () => {
    if (busy || !Object.keys(load())[0]) return;
    busy = true;
    clearTimeout(timer);
    // One tab at a time; without Web Locks, or where they are refused, tabs may send the same decision twice.
    Promise.resolve()
      .then(() => navigator.locks.request(QUEUE, run))
      .catch(run);
  };

  return {
    put(body) {
      mine[body.id] = body;
      save(load());
    },
    flush() {
      if (Date.now() < notBefore) return;
      // A page that goes away where fetch cannot outlive it. No answer can be read, so everything stays queued.
      if (document.hidden && !('keepalive' in Request.prototype)) {
        for (const body of Object.values(load())) navigator.sendBeacon(url, JSON.stringify(body));
      }
      start();
    },
  };
};
