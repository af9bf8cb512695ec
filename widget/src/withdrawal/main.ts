// What a vendor without consent leaves behind: its running tags are told, its cookies and storage deleted. What cannot
// be undone is said. The file "withdrawal.js"; its entry is generated (server/bundle/withdrawal.go), so that only the
// signals of the site's own vendors are in it.
import { attempt } from '../attempt';
import { Verdict } from '../consent/fold';
import type { Core } from '../late';
import { Flag, type Gate } from '../types';
import { erase } from './cookies';
import { claims } from './names';
import { runner, type Released } from './running';
import { clear, drop } from './storage';

/** Module "sekisho:withdrawal". */
export interface Withdrawal {
  /** Load the page anew when a tag that has run in it is denied. */
  reload: boolean;
  /** By position in Site.vendors. */
  vendors: VendorTraces[];
}

/** What a vendor leaves on the site's own domain: names, with '*' for any text. */
export interface VendorTraces {
  cookie?: string[];
  localStorage?: string[];
  sessionStorage?: string[];
  indexedDB?: string[];
  /** The module of widget/src/signals that tells its running tag; left out where another part of the page does. */
  signal?: string;
  /** What the signal is about: types of Google Consent Mode. */
  types?: string[];
}

/** Something that is still there. */
export interface Leftover {
  vendor: string;
  kind: 'cookie' | 'localStorage' | 'sessionStorage' | 'indexedDB' | 'script' | 'iframe';
  /** A name, or an address without its query; "" for code that stands in the page. */
  name: string;
}

/** Detail of the event "withdrawn". */
export interface Withdrawn {
  /** All vendors that are denied now. */
  vendors: string[];
  leftovers: Leftover[];
}

type Store = 'cookie' | 'localStorage' | 'sessionStorage' | 'indexedDB';

/** `tell`: the signals' `deny` by name. */
export const withdrawal = ({ reload, vendors: traces }: Withdrawal, tell: Record<string, (types?: string[]) => void>) => {
  let said = '';
  let watching = false;
  let running: ReturnType<typeof runner>;

  /** To be called when something is denied. `decided`: just now, and not on an earlier page. */
  return async (core: Core, released: Released[], decided: boolean) => {
    const [{ vendors }, , , , , , cookies, mirror, , , kept, verdicts, , , emit] = core;
    const { options } = (window as any)[Symbol.for('sekisho')] as Gate;
    running ||= runner((id) => vendors.findIndex(([own]) => own == id), released);

    const isDenied = (vendor: number) => verdicts()[vendor] > Verdict.Granted;
    const denied = () => traces.map((_, i) => i).filter(isDenied);
    /** Whether a name is the vendor's, and of no vendor whose tags may run. */
    const wanted = (store: Store, vendor: number) =>
      claims(
        traces[vendor][store] || [],
        traces.flatMap((other, i) => (!isDenied(i) && options.allowed(i) && other[store]) || []),
      );
    const left = (kind: Leftover['kind'], vendor: number, names: string[]) =>
      names.map((name): Leftover => ({ vendor: vendors[vendor][0], kind, name }));
    /** All that can be done before a page goes. */
    const sweep = () =>
      denied().flatMap((vendor) => [
        ...left('cookie', vendor, erase(wanted('cookie', vendor))),
        ...(['localStorage', 'sessionStorage'] as const).flatMap((area) =>
          left(area, vendor, clear(area, wanted(area, vendor))),
        ),
      ]);
    const active = () => running().filter(([vendor]) => isDenied(vendor));

    const told = new Map(active().map(([vendor]) => [vendor, traces[vendor]]));
    for (const { signal, types } of told.values()) if (signal) attempt(() => tell[signal](types));
    sweep();
    if (!watching) {
      watching = true;
      // Running tags write again, and some do so last of all. Who listens for unload ahead of time keeps the page
      // from being kept for the way back; at this point that is settled.
      addEventListener('visibilitychange', sweep);
      addEventListener('pagehide', ({ persisted }) => {
        sweep();
        if (!persisted) addEventListener('unload', sweep);
      });
    }
    const databases = await Promise.all(
      denied().map(async (vendor) => {
        const known = traces[vendor].indexedDB || [];
        return known[0] ? left('indexedDB', vendor, await drop(wanted('indexedDB', vendor), known)) : [];
      }),
    );
    const there = active();
    const leftovers = [...sweep(), ...databases.flat(), ...there.flatMap(([vendor, kind, url]) => left(kind, vendor, [url]))];
    emit('withdrawn', { vendors: denied().map((vendor) => vendors[vendor][0]), leftovers } satisfies Withdrawn);
    const text = leftovers.map(({ vendor, kind, name }) => `${vendor}: ${kind} ${name}`).join(', ');
    if (text && text != said) console.info('sekisho: still there of vendors without consent until the page is loaded anew:', text);
    said = text;
    // A page that has forgotten the decision would let run again what the site's default lets run.
    const value = kept()?.value;
    if (
      reload &&
      decided &&
      value &&
      [mirror(), ...cookies()].includes(value) &&
      there.some(([vendor]) => !(vendors[vendor][3] & Flag.Early))
    ) {
      location.reload();
    }
  };
};
