// Tests wait for conditions and never for a time: the deadline only says when to give up.
import { setTimeout as pause } from 'node:timers/promises';

/** Resolves with the first truthy value of `look`, which may throw while the thing is not there yet. */
export async function until(what, look, deadline = 20_000) {
  const end = performance.now() + deadline;
  let last;
  for (;;) {
    try {
      last = await look();
      if (last) return last;
    } catch (error) {
      last = error;
    }
    if (performance.now() > end) throw new Error(`gave up waiting for ${what}; last seen: ${last?.stack ?? JSON.stringify(last)}`);
    await pause(20);
  }
}
