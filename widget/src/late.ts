// What only a page needs on which something is decided, sent or shown. It is part of the second file, so that whoever
// has decided already does not wait for it; the first file hands it what both need.

import type { encode, Kept } from './consent/cookie';
import { Verdict, type fold } from './consent/fold';
import { format, mint } from './consent/id';
import { merge } from './consent/merge';
import { write } from './store/write';
import { openTransport } from './transport/transport';
import type { Action, Host, MountBanner, OpenPreferences, UI } from './types';

/** What the first file hands over. */
export interface Core extends Pick<Host, 'site' | 'language' | 'consents' | 'on' | 'emit'> {
  /** Imports a module of the service. */
  load<T>(path: string): Promise<T>;
  /** The browser's own fetch. */
  send: typeof fetch;
  encode: typeof encode;
  fold: typeof fold;
  /** Takes over what is newest, be it `next` or in the store; tells the page, and the gate after the next paint. */
  refresh(next?: Kept): void;
  afterPaint(fn: () => void): void;
  kept(): Kept | undefined;
  verdicts(): Verdict[];
}

/** What the first file gets back. */
export interface Late {
  /** `choices` are for all vendors alike, or name those that the decision is about. TypeError if they cannot be. */
  decide(action: Action, choices: boolean | Record<string, boolean>, layer: 0 | 1 | 2): void;
  /** Puts right what the store has lost, and sends what is waiting. */
  flush(): void;
  /** Draws the banner or the way back in, whichever is due. */
  mount(): UI;
  preferences(from: Element | null): Promise<void>;
}

/** What the second file exports. */
export interface Second {
  default: MountBanner;
  open: typeof open;
}

export const open = (core: Core, draw: MountBanner): Late => {
  const { site, language, kept, verdicts, refresh } = core;
  const { server, domain, vendors } = site;
  const shared = !!domain && `.${location.hostname}`.endsWith('.' + domain);
  const ids = (wanted: (verdict: Verdict) => boolean) => vendors.flatMap(([id], i) => (wanted(verdicts()[i]) ? id : []));
  const transport = openTransport(
    core.send,
    `${server}/v1/sites/${site.key}/decisions`,
    shared ? 'include' : 'omit',
    (detail) => {
      // The answer may have set an older cookie.
      heal();
      core.emit('recorded', detail);
    },
  );
  let ui: UI | undefined;

  const heal = () => {
    refresh();
    if (kept()) write(site, shared, kept()!);
  };

  const decide: Late['decide'] = (action, choices, layer) => {
    const askable = ids((verdict) => verdict != Verdict.Necessary);
    const named = new Map<string, boolean>(
      typeof choices == 'boolean' ? askable.map((id) => [id, choices]) : Object.entries(choices),
    );
    for (const [id, choice] of named) {
      if (!askable.includes(id) || typeof choice != 'boolean') {
        throw new TypeError(`sekisho: not a vendor to choose, or neither true nor false: ${id}`);
      }
    }
    if (!named.size) return;
    refresh();
    const now = Date.now();
    const last = kept();
    const next = merge(site, last, core.fold(site, last, 0, now), last ? last.visitor : mint(), named, now);
    next.value = core.encode(next);
    // From here on a denial holds, whatever becomes of the rest.
    refresh(next);
    write(site, shared, next);
    const pick = (wanted: boolean) => [...named.keys()].filter((id) => named.get(id) == wanted);
    transport.put({
      // Version 7: the time, and the random part of a version 4.
      id: now.toString(16).padStart(12, '0').replace(/.{8}/, '$&-') + '-7' + format(mint()).slice(15),
      visitor: format(next.visitor),
      sequence: next.sequence,
      revision: next.revision,
      action,
      granted: pick(true),
      denied: pick(false),
      language,
      layer,
      at: new Date(now).toISOString(),
      page: location.pathname.slice(0, 1000),
    });
    core.afterPaint(transport.flush);
  };

  const late: Late = {
    decide,
    flush() {
      heal();
      transport.flush();
    },
    mount: () => (ui ||= draw(host)),
    async preferences(from) {
      if (!site.paused) {
        const file = await core.load<{ default: OpenPreferences }>(site.parts[language].preferences);
        file.default(host, late.mount(), from);
      }
    },
  };
  const host: Host = {
    ...core,
    unasked: () => ids((verdict) => verdict == Verdict.Unasked),
    signalled: () => verdicts().includes(Verdict.Signal),
    decided: () => !!kept(),
    visitor: () => (kept() ? format(kept()!.visitor) : ''),
    decidedAt: () => (kept() ? kept()!.at * 1e3 : 0),
    decide,
    preferences: (from = null) => late.preferences(from),
  };
  return late;
};
