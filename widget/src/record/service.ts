// What the record asks of the service.

import type { Say } from '../i18n/text';
import type { Action, Host } from '../types';

/** A decision as the service holds it; of one that waits to be sent, `receipt` and `recordedAt` are missing. */
export interface Entry {
  id: string;
  visitor: string;
  action: Action;
  granted: string[];
  denied: string[];
  language: string;
  at: string;
  recordedAt?: string;
  receipt?: { id: string };
}

/** A request without an answer is given up after this many milliseconds. */
const PATIENCE = 3e4;

/**
 * Returns what asks the service about this visitor: about all that it holds, or a part by its `tail`. Resolves with the
 * body of the answer, undefined where nothing is held; rejects with the reason in words.
 */
export const asker =
  ({ site, visitor }: Host, say: Say) =>
  async (tail: string, method: 'GET' | 'DELETE'): Promise<any> => {
    let status = 0;
    let wait = 0;
    try {
      const response = await fetch(`${site.server}/v1/sites/${site.key}/visitors/${visitor()}${tail}`, {
        method,
        credentials: 'omit',
        cache: 'no-store',
        // Absent before Chromium 103 and Safari 16.
        signal: AbortSignal.timeout?.(PATIENCE),
      });
      ({ status } = response);
      wait = +response.headers.get('Retry-After')!;
      // Any other success is the page of a proxy or of a hotel's network.
      if (status == (method == 'GET' ? 200 : 204)) return await (status == 200 && response.json());
      // Nothing is recorded: in the service's own words, and not in those of something in front of it. Who asks to erase
      // hears of a 404 only where there is no such site, and erases nothing.
      if (tail && status == 404 && (await response.json()).status == status) return;
    } catch {
      // No answer, or one that is not the service's.
    }
    throw say('record.' + (status == 403 ? 'forbidden' : status == 429 && wait ? 'wait' : 'away'), { n: wait });
  };
