import { Flag, type Consent, type Site } from '../types';
import type { Kept } from './cookie';

/** What follows for one vendor, and why. */
export const enum Verdict {
  /** No decision answers for the vendor: the site's default decides. */
  Unasked,
  Necessary,
  /** By the visitor's choice. */
  Granted,
  Denied,
  /** Denied by a browser signal. */
  Signal,
}

/** The page's word for each Verdict. */
export const WORDS: Consent[] = ['unasked', 'granted', 'granted', 'denied', 'denied'];

/** When a decision of `at` (seconds) holds no longer, in milliseconds: months of the calendar later, in UTC. */
export const expires = (at: number, months: number): number => {
  const date = new Date(at * 1e3);
  return date.setUTCMonth(date.getUTCMonth() + months);
};

/**
 * Consent by position of the revision's vendors. Precedence: necessary, the visitor's choice, a signal, the default.
 * The same as Fold in server/consent/fold.go, held together by server/consent/testdata/fold.json.
 */
export const fold = (
  { vendors, expiry }: Pick<Site, 'vendors' | 'expiry'>,
  kept: Kept | undefined,
  gpc: unknown,
  now: number,
): Verdict[] =>
  vendors.map(([, index, since, flags]) =>
    flags & Flag.Necessary
      ? Verdict.Necessary
      : kept && now < expires(kept.at, expiry) && since <= kept.revision && !kept.unanswered.has(index)
        ? (kept.granted.charCodeAt(index >> 3) >> (index & 7)) & 1
          ? Verdict.Granted
          : Verdict.Denied
        : gpc && flags & Flag.Signal
          ? Verdict.Signal
          : Verdict.Unasked,
  );

/**
 * May a vendor's tags run? Not by the site's default if `safe` is false: there is something stored that cannot be
 * read, and it may be a denial.
 */
export const allows = ({ mode, paused }: Pick<Site, 'mode' | 'paused'>, verdict: Verdict | undefined, safe: boolean) =>
  verdict == Verdict.Necessary ||
  (!paused && (verdict == Verdict.Granted || (verdict == Verdict.Unasked && mode > 0 && safe)));
