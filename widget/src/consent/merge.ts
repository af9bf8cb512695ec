import type { Site } from '../types';
import type { Kept } from './cookie';
import { Verdict } from './fold';

/**
 * What the browser remembers after one more decision at `now` (milliseconds), which names the vendors in `choices`;
 * not encoded yet. `verdicts` say what `kept` says by itself, without signals: an answer that holds is carried over,
 * and the vendors without one are unanswered.
 */
export const merge = (
  { vendors, revision }: Pick<Site, 'vendors' | 'revision'>,
  kept: Kept | undefined,
  verdicts: Verdict[],
  visitor: number[],
  choices: Map<string, boolean>,
  now: number,
): Kept => {
  const granted: number[] = [];
  const unanswered = new Set<number>();
  vendors.forEach(([id, index], i) => {
    if (choices.get(id) ?? verdicts[i] == Verdict.Granted) granted[index >> 3] |= 1 << (index & 7);
    else if (!choices.has(id) && verdicts[i] == Verdict.Unasked) unanswered.add(index);
  });
  return {
    visitor,
    sequence: (kept ? kept.sequence : 0) + 1,
    revision,
    at: (now / 1e3) >>> 0,
    granted,
    unanswered,
    value: '',
  };
};
