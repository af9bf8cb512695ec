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

/** What a month of expiry is, in seconds: 30 days, here and in the service. */
export const MONTH = 2592e3;

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
      : kept && now / 1e3 < kept.at + expiry * MONTH && since <= kept.revision && !kept.unanswered.has(index)
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
