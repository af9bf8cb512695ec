import { attempt } from '../attempt';
import { decode, type Kept } from '../consent/cookie';

/** Of the cookie, and of its mirror in localStorage. */
export const NAME = 'sekisho';

/**
 * The values of all cookies of our name: there may be one of the host and one of the domain. By way of the prototype,
 * because an element such as <img name="cookie"> hides document.cookie.
 */
export const cookies = (): string[] =>
  `; ${attempt(() => Reflect.get(Document.prototype, 'cookie', document))}`
    .split(`; ${NAME}=`)
    .slice(1)
    .map((rest) => rest.split(';')[0]);

export const mirror = () => attempt(() => localStorage.getItem(NAME));

/**
 * What a page remembers besides the store: undefined before it has read, a decision that no cookie has taken, or nothing.
 * With null, all of the store counts; with 0, the mirror does beside a cookie alone, since a page out of the
 * back-forward cache may be shown that of before it left.
 */
export type Memory = Kept | undefined | null | 0;

/**
 * The newest of what the page's memory, the mirror and the cookies hold: highest sequence, then later time, then
 * whatever a cookie says. Sequences of two visitors (two sites of one domain, one of them without its cookie) say
 * nothing about each other: there the later time counts. Where there is nothing, a memory that is out of mind is
 * returned as it is, to be handed in again.
 */
export const newest = (memory?: Memory): Kept | undefined =>
  [(memory != 0 || cookies()[0]) && mirror(), ...cookies()].reduce<any>((best, value) => {
    const kept = value && decode(value);
    return kept && (!best || ((kept.visitor == best.visitor && kept.sequence - best.sequence) || kept.at - best.at) >= 0) ? kept : best;
  }, memory);
