// Sends decisions to the service; part of the fourth file.

import type { Site } from '../types';
import { QUEUE, type Body, type Queue } from './queue';

/** Between two attempts, in milliseconds. */
const SHORTEST = 1e3;
const LONGEST = 36e5;
/** An attempt without an answer is given up after this many milliseconds. */
const PATIENCE = 3e4;

/** Detail of the event "recorded": the service's answer, or its refusal as a problem document (RFC 9457). */
export type Recorded =
  | { id: string; site: string; revision: number; recordedAt: string; receipt: unknown }
  | { id: string; error: { status: number; title?: string; detail?: string; errors?: unknown[] } };

/**
 * Returns what sends all that waits, unless the service asked for patience: call it on every occasion that promises
 * better luck.
 *
 * A decision leaves the queue after a 2xx whose receipt was read, or after the service itself refused it for good: a
 * 4xx other than 408, 425 and 429 with its own problem document. So 409 (revision unknown or retired) and 422 are
 * final and come out as "recorded" with `error`; a proxy's or hotel network's page of whatever status is not.
 * Anything else is tried again, with full jitter. Sending twice is harmless: the id is the same.
 *
 * Nor is a decision sent whose visitor is no longer `visitor`, whom this browser remembers: that one was erased, here or
 * in another tab, and would have a record again. It leaves the queue.
 *
 * `send` is the browser's own fetch. `shared`: the service runs under the site's own domain.
 */
export default function openSender(
  { list: all, done }: Queue,
  visitor: () => string | undefined,
  send: typeof fetch,
  { server, key }: Pick<Site, 'server' | 'key'>,
  shared: boolean,
  recorded: (detail: Recorded) => void,
): () => void {
  const url = `${server}/v1/sites/${key}/decisions`;
  let busy = false;
  let failures = 0;
  let notBefore = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** As it is, whatever toJSON the page has given to its arrays and strings. */
  const text = (body: Body) =>
    JSON.stringify(body, function (key) {
      return this[key];
    });
  const list = () =>
    all().filter((body) => {
      const own = body.visitor == visitor();
      if (!own) done(body.id);
      return own;
    });

  const run = async () => {
    try {
      for (let waiting; (waiting = list()).length; ) {
        // Oldest first; after a failure another one, so that none can block the rest.
        const body = waiting[failures % waiting.length];
        const { id } = body;
        // A string goes out as text/plain, which needs no preflight.
        const response = await send(url, {
          method: 'POST',
          body: text(body),
          keepalive: true,
          // So that the answer can set the cookie.
          credentials: shared ? 'include' : 'omit',
          // Absent before Chromium 103 and Safari 16.
          signal: AbortSignal.timeout?.(PATIENCE),
        });
        const { ok, status } = response;
        notBefore = Date.now() + Math.min(+response.headers.get('Retry-After')! * 1e3 || 0, LONGEST);
        const answer = await response.json();
        const temporary = status > 499 || [408, 425, 429].includes(status);
        if (ok ? answer.id != id : answer.status != status || temporary) throw answer;
        failures = 0;
        done(id);
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
    if (busy || !list().length) return;
    busy = true;
    clearTimeout(timer);
    // One tab at a time; without Web Locks, or where they are refused, tabs may send the same decision twice.
    Promise.resolve()
      .then(() => navigator.locks.request(QUEUE, run))
      .catch(run);
  };

  return () => {
    if (Date.now() < notBefore) return;
    // A page that goes away where fetch cannot outlive it. No answer can be read, so everything stays queued.
    if (document.hidden && !('keepalive' in Request.prototype)) {
      for (const body of list()) navigator.sendBeacon(url, text(body));
    }
    start();
  };
}
