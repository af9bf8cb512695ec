// What the signals have in common: when a tag is told, and what of.
import { attempt } from '../attempt';
import { safe } from '../page';

/** What server/bundle hands to every signal. */
export interface Told {
  /** Whether the site's default lets tags run: what is unasked then counts as granted. */
  runs?: boolean;
  /** Ids of the vendors that listen. */
  vendors: string[];
}

/** Whether there are such vendors, and the tags of all of them may run. */
export type May = (vendors: string[] | undefined) => boolean;

/** Vendors' globals: whatever a page and its tags have made of them. */
export const globals = globalThis as any;

/**
 * Many a page loads a tag only where its global is not there yet, and Meta's snippet does nothing where it is. So the
 * global stays away until somebody makes it, and is told before its maker can use it: as it is set, or at the first
 * look at it by which it is `ready`. Returns what says something now, or as soon as that.
 */
export const ahead = (name: string, ready: (made: any) => unknown = Boolean) => {
  let made = globals[name];
  let waiting: (() => void)[] | undefined = [];
  const look = () => {
    if (waiting && made && ready(made)) {
      const all = waiting;
      waiting = undefined;
      Reflect.defineProperty(globals, name, { value: made, writable: true, enumerable: true, configurable: true });
      for (const tell of all) tell();
    }
    return made;
  };
  look();
  if (waiting) {
    Reflect.defineProperty(globals, name, {
      configurable: true,
      enumerable: true,
      get: look,
      set(next) {
        made = next;
        look();
      },
    });
  }
  return (tell: () => void) => {
    if (waiting) waiting.push(tell);
    else tell();
  };
};

/** For deny(): does something where the vendor's global is there. It may be an element of the page that has such an id. */
export const inPage = (name: string, tell: () => void) => {
  if (globals[name]) attempt(tell);
};

export const word = (may: boolean) => (may ? 'granted' : 'denied');

/**
 * Calls `tell` on each choice, and at once if there is something to say beyond the default: the visitor or the browser
 * has decided about one of the vendors, or `early` (the site's default grants), or what is stored cannot be read and
 * may be a denial. Once it has spoken it goes on, so that an erased choice is taken back as well.
 */
export const follow = ({ runs, vendors }: Told, early: unknown, tell: (may: May) => void) => {
  const update = () => {
    const consents = window.sekisho.consents();
    early ||= !safe || vendors.some((id) => consents[id] != 'unasked');
    if (early) {
      tell(
        (ids) =>
          !!ids?.[0] && ids.every((id) => consents[id] == 'granted' || (runs && safe && consents[id] == 'unasked')),
      );
    }
  };
  update();
  window.sekisho.on('consent', update);
};
