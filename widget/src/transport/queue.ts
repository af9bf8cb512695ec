import type { Action } from '../types';

/** Decisions that the service has not confirmed yet, oldest first, in localStorage. */
export const QUEUE = 'sekisho.queue';
/** At most so many of them, in so many characters; the oldest give way. */
const MOST = 50;
const SIZE = 65536;

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

export interface Queue {
  /** All that wait, oldest first. */
  list(): Body[];
  put(body: Body): void;
  /** Takes one out. */
  done(id: string): void;
}

export const openQueue = (attempt: <T>(fn: () => T) => T | undefined): Queue => {
  // What this page decided stays here as well: for browsers without storage, and because two tabs that write the
  // queue at once can lose an entry. What is done with is 0: a storage that takes no more may keep it for ever.
  const mine: Record<string, Body | 0> = {};
  const list = () =>
    Object.values<Body | 0>({
      ...attempt(() => Object.fromEntries(JSON.parse(localStorage.getItem(QUEUE)!).map((body: Body) => [body.id, body]))),
      ...mine,
    }).filter((body) => body) as Body[];
  const set = (id: string, value: Body | 0) => {
    mine[id] = value;
    const all = list();
    let text: string;
    while ((text = JSON.stringify(all)).length > SIZE || all.length > MOST) mine[all.shift()!.id] = 0;
    attempt(() => (all[0] ? localStorage.setItem(QUEUE, text) : localStorage.removeItem(QUEUE)));
  };
  return { list, put: (body) => set(body.id, body), done: (id) => set(id, 0) };
};
