// What only a page needs on which something is decided or shown. It is part of the banner's file, so that whoever has
// decided already does not wait for it; the first file hands it what both need.

import texts from 'sekisho:banner';
import type { attempt } from './attempt';
import type { Kept } from './consent/cookie';
import { encode } from './consent/encode';
import { Verdict, type fold } from './consent/fold';
import { format, mint } from './consent/id';
import type * as Decided from './decided';
import { merge } from './consent/merge';
import type { cookies, mirror, newest } from './store/read';
import { writer } from './store/write';
import { openQueue } from './transport/queue';
import type reports from './reports/main';
import type { Action, Host, MountBanner, NamesOf, OpenPreferences, Site, UI } from './types';

/** What the first file hands over. No object, since names of properties are what minifying cannot shorten. */
export type Core = [
  site: Site,
  language: string,
  /** Imports a part by its name without ".js". */
  load: <T>(name: string) => Promise<T>,
  /** The browser's own, from before the page could wrap it. */
  send: typeof fetch,
  fold: typeof fold,
  attempt: typeof attempt,
  cookies: typeof cookies,
  mirror: typeof mirror,
  /**
   * Takes over what is newest, be it `next`, which is the page's memory where it is left out, or in the store; then
   * writes; then tells the page, and the gate after the next paint. 0 forgets what is not in the store.
   */
  refresh: (next?: Parameters<typeof newest>[0], write?: () => void) => void,
  afterPaint: (fn: () => void) => void,
  kept: () => Kept | undefined,
  verdicts: () => Verdict[],
  consents: Host['consents'],
  on: Host['on'],
  emit: Host['emit'],
];

/** What the first file gets back. */
export interface Late {
  /** `choices` are for all vendors alike, or name those that the decision is about. TypeError if they cannot be. */
  decide(action: Action, choices: boolean | Record<string, boolean>, layer: 0 | 1 | 2): void;
  /** Puts right what the store has lost, sends what is waiting, and draws the banner or the way back in, if due. */
  wake(): unknown;
  preferences(from?: Element | null): Promise<void>;
}

/** What the banner's file exports. */
export interface Second {
  default: MountBanner;
  open: typeof open;
}

export const open = (core: Core, draw: MountBanner): Late => {
  const [site, language, load, send, fold, attempt, cookies, mirror, refresh, afterPaint, kept, verdicts, ...say] =
    core;
  const [consents, on, emit] = say;
  const { domain, vendors, paused } = site;
  const shared = !!domain && `.${location.hostname}`.endsWith('.' + domain);
  const write = writer(site, shared, attempt, cookies, mirror);
  const queue = openQueue(attempt);
  // In a sample of page views.
  if (Math.random() < texts.reports!) {
    load<{ default: typeof reports }>('reports').then(
      (file) => file.default(send),
      () => {},
    );
  }
  const ids = (wanted: (verdict: Verdict) => boolean) => vendors.flatMap(([id], i) => (wanted(verdicts()[i]) ? id : []));
  let ui: UI | undefined;
  let after: ReturnType<typeof Decided.follow> | undefined;

  const heal = () => {
    refresh();
    if (kept()) write(kept()!);
  };
  /** Sees to what follows from a decision; what cannot be done now is done on the next occasion. */
  const follow = (occasion?: unknown) =>
    load<typeof Decided>('decided').then(
      (file) => (after ||= file.follow(core, queue, shared, heal))(occasion),
      () => {},
    );
  // Be it taken here or in another tab, which sends it by itself.
  on('consent', () => afterPaint(follow));

  const decide: Late['decide'] = (action, choices, layer) => {
    const askable = ids((verdict) => verdict != Verdict.Necessary);
    const named = new Map<string, boolean>(
      typeof choices == 'boolean' ? askable.map((id) => [id, choices]) : Object.entries(choices),
    );
    for (const [id, choice] of named) {
      if (!askable.includes(id) || typeof choice != 'boolean') {
        throw new TypeError('sekisho: no such choice: ' + id);
      }
    }
    if (!named.size) return;
    refresh();
    const now = Date.now();
    const next = merge(site, kept(), fold(site, kept(), 0, now), named, now);
    const pick = (wanted: boolean) => [...named.keys()].filter((id) => named.get(id) == wanted);
    const decided = { ...next, value: encode(next) };
    // A denial holds before anything is written, and is written before anybody is told.
    refresh(decided, () => write(decided));
    queue.put({
      // Version 7: the time, 11 hexadecimal digits until 2527, and the random part of a version 4.
      id: ('0' + now.toString(16)).replace(/.{8}/, '$&-') + '-7' + format(mint()).slice(15),
      visitor: format(next.visitor),
      sequence: next.sequence,
      // Under which this page asked: another tab's may be newer.
      revision: site.revision,
      action,
      granted: pick(true),
      denied: pick(false),
      language,
      layer,
      at: new Date(now).toISOString(),
      page: location.pathname.slice(0, 1000),
    });
    afterPaint(() => follow(1));
  };
  const third = () => load<{ default: OpenPreferences; names: NamesOf }>('preferences.' + language);
  const preferences = async (from: Element | null = null) => {
    if (!paused) await third().then(
        (file) => file.default(host, mount(), from),
        (problem) => console.warn('sekisho:', problem),
      );
  };
  const host: Host = {
    site,
    language,
    load,
    consents,
    unasked: () => ids((verdict) => verdict == Verdict.Unasked),
    signalled: () => ids((verdict) => verdict == Verdict.Signal),
    decided: kept,
    visitor: () => (kept() ? format(kept()!.visitor) : ''),
    decide,
    preferences,
    names: async () => (await third()).names(site),
    on,
    emit,
  };
  const mount = () => {
    if (!ui) {
      ui = draw(host);
      // Ahead of need, since whoever decides may leave at once; but not for the many who never touch the banner.
      for (const sign of ['pointerover', 'focusin']) ui.root.addEventListener(sign, follow, { once: true });
    }
    return ui;
  };
  return {
    decide,
    wake() {
      heal();
      // Where it is there already, something may be left to clear away.
      if (after || queue.list()[0]) follow(1);
      if (!paused) return mount().update();
    },
    preferences,
  };
};
