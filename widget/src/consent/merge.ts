import type { Site } from '../types';
import type { Kept } from './cookie';
import { Verdict } from './fold';
import { mint } from './id';

/**
 * What the browser remembers after one more decision at `now` (milliseconds), which names the vendors in `choices`;
 * not encoded yet. `verdicts` say what `kept` says by itself, without signals: an answer that holds is carried over,
 * and the vendors without one are unanswered. The first decision makes the visitor.
 */
export const merge = (
  { vendors, revision }: Pick<Site, 'vendors' | 'revision'>,
  kept: Kept | undefined,
  verdicts: Verdict[],
  choices: Map<string, boolean>,
  now: number,
): Omit<Kept, 'value'> => {
  const bits: number[] = [];
  const unanswered = new Set<number>();
  vendors.forEach(([id, index], i) => {
    if (choices.get(id) ?? verdicts[i] == Verdict.Granted) bits[index >> 3] |= 1 << (index & 7);
    else if (!choices.has(id) && verdicts[i] == Verdict.Unasked) unanswered.add(index);
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
