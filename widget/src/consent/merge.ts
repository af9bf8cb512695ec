import type { Site } from '../types';
import type { Kept } from './cookie';
import { Verdict } from './fold';
import { mint } from './id';

/**
 * What the browser remembers after one more decision at `now` (milliseconds), which names the vendors in `choices`;
 * not encoded yet. `verdicts` say what `kept` says by itself, without signals: an answer that holds is carried over,
 * and the vendors without one are unanswered. The first decision makes the visitor.
 *
 * A tab from before a publication knows less than what another tab may have kept since: what is denied here is changed,
 * and all else stands, vendors that this script has never heard of included. So does what is granted here: its terms may
 * have changed, and nobody can tell a denial under the new ones from an older one.
 */
export const merge = (
  { vendors, revision }: Pick<Site, 'vendors' | 'revision'>,
  kept: Kept | undefined,
  verdicts: Verdict[],
  choices: Map<string, boolean>,
  now: number,
): Omit<Kept, 'value'> => {
  const bits: number[] = [];
  let unanswered = new Set<number>();
  // Nothing is answered where all has run out, and that is not revived.
  const newer = kept && kept.revision > revision && verdicts.some((verdict) => verdict > Verdict.Necessary);
  if (newer) {
    revision = kept.revision;
    unanswered = new Set(kept.unanswered);
    for (const byte of kept.granted) bits.push(byte.charCodeAt(0));
  }
  vendors.forEach(([id, index], i) => {
    if (newer && choices.get(id) != false) return;
    const at = index >> 3;
    const bit = 1 << (index & 7);
    if (choices.get(id) ?? verdicts[i] == Verdict.Granted) bits[at] |= bit;
    else if (bits[at] & bit) bits[at] ^= bit;
    unanswered[choices.has(id) || verdicts[i] ? 'delete' : 'add'](index);
  });
  return {
    visitor: kept ? kept.visitor : mint(),
    sequence: (kept ? kept.sequence : 0) + 1,
    revision,
    at: (now / 1e3) >>> 0,
    // Where the list has holes, nobody is granted.
    granted: String.fromCharCode(...bits),
    unanswered,
  };
};
