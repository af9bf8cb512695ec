// The fourth file, for what follows a decision: tags are let go, the service is told, and what vendors without consent
// have left behind is cleared away. Loaded when somebody is about to decide, or when something is left to do from an
// earlier page.
import { Verdict } from './consent/fold';
import { format } from './consent/id';
import type { Core } from './late';
import openSender from './transport/sender';
import type { Queue } from './transport/queue';
import type { withdrawal } from './withdrawal/main';
import type { Released } from './withdrawal/running';

export { release } from './gate/release';

/** Tags that were let go on this page: by this very file, so that none is missed. */
const released: Released[] = [];
addEventListener('sekisho:released', (event) => released.push((event as CustomEvent).detail));

/**
 * Returns what sees to whatever follows from the decision as it stands. `occasion`: left out when it was taken just now,
 * here or in another tab; an event when somebody may be about to decide, for which it is enough that this file is
 * there; else there may be something to send. `shared` and `heal`: as in late.ts.
 */
export const follow = (core: Core, queue: Queue, shared: boolean, heal: () => void): ((occasion?: unknown) => void) => {
  const [site, , load, send, , , , , , , kept, verdicts, , , emit] = core;
  /** The decision after which this page has cleared away. */
  let cleared: string | undefined;
  const flush = openSender(queue, () => kept() && format(kept()!.visitor), send, site, shared, (detail) => {
    // The answer may have set an older cookie.
    heal();
    emit('recorded', detail);
  });
  return (occasion) => {
    if (occasion instanceof Event) return;
    if (occasion) flush();
    const value = kept()?.value;
    // Where somebody can be denied, there is the file; but not on a report-only site.
    if (value != cleared && !(window as any)[Symbol.for('sekisho')]?.withheld && verdicts().some((verdict) => verdict > Verdict.Granted)) {
      cleared = value;
      load<{ default: ReturnType<typeof withdrawal> }>('withdrawal')
        .then((file) => file.default(core, released, !occasion))
        // The next occasion in this page tries again.
        .catch(() => (cleared = undefined));
    }
  };
};
