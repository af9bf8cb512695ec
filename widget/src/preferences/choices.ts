// What the visitor has switched so far, before it is saved.

import { Flag, type Host } from '../types';
import { h } from '../ui/kit';

export interface Choices {
  /** By vendor, necessary ones left out. */
  on: Record<string, boolean>;
  /** A switch for one vendor or for several, which is mixed when they differ. */
  toggle(attribute: string, name: string, label: string, ids: string[]): HTMLElement;
  /** Runs `fn` whenever a choice has changed, and at refresh(). */
  watch(fn: () => void): void;
  refresh(): void;
}

/** Starts from what follows now. */
export function choicesOf({ site, consents }: Host): Choices {
  const now = consents();
  const on: Record<string, boolean> = {};
  for (const [id, , , flags] of site.vendors) {
    // An unasked vendor shows off, never ticked beforehand; where tags run until
    // they are denied, "off" would be untrue.
    if (!(flags & Flag.Necessary)) on[id] = now[id] == 'granted' || (now[id] == 'unasked' && site.mode > 0);
  }
  const watchers: (() => void)[] = [];
  const refresh = () => watchers.forEach((watcher) => watcher());
  const watch = (fn: () => void) => watchers.push(fn);
  return {
    on,
    watch,
    refresh,
    toggle(attribute, name, label, ids) {
      const state = () => {
        const granted = ids.filter((id) => on[id]).length;
        return granted ? (granted < ids.length ? 'mixed' : 'true') : 'false';
      };
      const control = h('button', {
        type: 'button',
        role: 'switch',
        class: 'state',
        [attribute]: name,
        'aria-label': label,
        onclick() {
          const next = state() != 'true';
          for (const id of ids) on[id] = next;
          refresh();
        },
      });
      watch(() => control.setAttribute('aria-checked', state()));
      return control;
    },
  };
}
