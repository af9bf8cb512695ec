// What vendors have brought into this page. Nothing can be unloaded: it goes with the page.
import { attempt } from '../attempt';
import type { Gate } from '../types';

/** A tag that was let go: the detail of "released". */
export interface Released {
  vendor?: string;
  kind: string;
  url: string;
}

/** One that is there: vendor's position, what it is, address without its query. */
export type Running = [vendor: number, kind: 'script' | 'iframe', url: string];

/**
 * Returns what tells all scripts of vendors that this page has run, and the frames of theirs that are in it.
 * `position` of a vendor's id.
 */
export const runner = (position: (id: string) => number, released: Released[]) => {
  const { queue, options } = (window as any)[Symbol.for('sekisho')] as Gate;
  // The browser's list of what was fetched can be emptied by the page, and a tag can be held that ran before.
  const scripts = new Map<string, Running>();
  const bare = (url: string) => url.replace(/[?#].*/s, '');

  return (): Running[] => {
    const frames: Running[] = [];
    /** What the browser fetched ahead of the gate, and is held, has not run. */
    const held = new Set([...queue.values()].map(({ url }) => url.replace(/#.*/s, '')));
    /** Of an address that is none, nobody: the page may hold whatever it likes in an attribute. */
    const owner = (address: string) =>
      attempt(() => {
        const url = new URL(address);
        return options.own(url.hostname) ? -1 : options.match(url);
      }) ?? -1;
    const add = (vendor: number, url: string) => {
      if (vendor >= 0) scripts.set(vendor + url, [vendor, 'script', url]);
    };
    for (const { name, initiatorType } of performance.getEntriesByType('resource') as PerformanceResourceTiming[]) {
      if (initiatorType == 'script' && !held.has(name.replace(/#.*/s, ''))) add(owner(name), bare(name));
    }
    for (const { vendor, kind, url } of released) {
      if (kind == 'script') add(position(vendor!), bare(url));
    }
    for (const frame of document.querySelectorAll('iframe')) {
      const vendor = frame.src && !queue.has(frame) ? owner(frame.src) : -1;
      if (vendor >= 0) frames.push([vendor, 'iframe', bare(frame.src)]);
    }
    return [...scripts.values(), ...frames];
  };
};
