import { attempt } from './attempt';
import type { Kept } from './consent/cookie';
import { allows, fold, Verdict, WORDS } from './consent/fold';
import type { Core, Late, Second } from './late';
import { gpc } from './signals/gpc';
import { cookies, mirror, newest, type Memory } from './store/read';
import { Flag, type Action, type Consent, type Gate, type GateOptions, type Site, type TagInfo } from './types';

/** window.sekisho: what a page may ask and do. */
export interface PageAPI {
  /** Resolves, never rejects, when the first layer is drawn or is known not to be due or not to be had. */
  ready: Promise<unknown>;
  /** "unasked" also for an id that the site does not have. */
  consent(vendor: string): Consent;
  consents(): Record<string, Consent>;
  /** Shows the preferences. */
  open(): Promise<unknown>;
  /**
   * These take a decision: at once, and before they return, when `ready` has resolved. The promise rejects when it
   * could not be kept, since the file that does so cannot be had; until then nothing passes the gate.
   */
  acceptAll(): Promise<unknown>;
  rejectAll(): Promise<unknown>;
  /** Denies every vendor that is not necessary. */
  withdraw(): Promise<unknown>;
  /** About the vendors that are named. Rejects with TypeError, and keeps nothing, for a name or value that cannot be. */
  save(choices: Record<string, boolean>): Promise<unknown>;
  on(event: string, fn: (detail: any) => void): () => void;
}

/** Of the site's languages, the one in which it speaks here. */
export let language: string;
/** Whether this copy of the script is the page's first. An element with id="sekisho" shows up on window as well. */
export const first = !(/* @__PURE__ */ Object.hasOwn(window, 'sekisho'));
/** Whether the site's default may let tags through: not if what is stored cannot be read. It may be a denial. */
export let safe: boolean;

/** Elements of the page that show the preferences. */
const OPEN = '[data-sekisho=open]';

/**
 * Puts the gate up and returns the page's API. Needs no more of the document than there is in <head>. Listens on
 * window and speaks from <html>, since an element such as <img name="addEventListener"> hides what document has.
 */
export const start = (site: Site, install: (options: GateOptions) => Gate, match: GateOptions['match']): PageAPI => {
  const { vendors, server, paused, languages } = site;
  const root = document.documentElement;
  let kept: Kept | undefined;
  let memory: Memory;
  let verdicts: Verdict[] = [];
  /** A decision waits for the file that keeps it. */
  let deciding: boolean;
  // Not yet there when the decision is read for the first time.
  let gate: Gate | undefined = undefined;
  let late: Late | undefined;
  let again = '';

  const emit = (event: string, detail?: unknown) => {
    root.dispatchEvent(new CustomEvent('sekisho:' + event, { detail, bubbles: true }));
  };
  const on = (event: string, fn: (detail: any) => void) => {
    const listener = (e: any) => fn(e.detail);
    addEventListener('sekisho:' + event, listener);
    return () => removeEventListener('sekisho:' + event, listener);
  };
  /** Nothing is painted in a hidden tab. */
  const afterPaint = (fn: () => void) => (document.hidden ? setTimeout : requestAnimationFrame)(() => setTimeout(fn));
  const consents = () => Object.fromEntries(vendors.map(([id], i) => [id, WORDS[verdicts[i]]]));
  const position = (vendor: string) => vendors.findIndex(([id]) => id == vendor);

  /** Browsers remember for the life of the page that a module could not be had, by its URL with the query. */
  const load = <T>(name: string): Promise<T> =>
    // eslint-disable-next-line no-unsanitized/method -- the service's own address, compiled into this file
    import(server + site.parts + name + '.js' + again).catch((problem) => {
      again += '?';
      throw problem;
    });
  const refresh: Core[8] = (next = memory, write?) => {
    const before = kept?.value;
    kept = newest(next);
    safe = !!kept || !(cookies()[0] || mirror());
    verdicts = fold(site, kept, gpc(), Date.now());
    write?.();
    // Once a cookie has held it, its absence says that it was erased: in another tab, or while this page was away.
    memory = cookies().includes(kept?.value as string) ? 0 : kept;
    if (gate && kept?.value != before) {
      emit('consent', { consents: consents() });
      afterPaint(gate.update);
    }
  };
  // If anything in here fails, there are no verdicts, and every tag stays held.
  attempt(() => refresh());

  const told = (event: string) => (tag: TagInfo) => emit(event, { ...tag, vendor: vendors[tag.vendor]?.[0] });
  gate = install({
    match,
    vendor: position,
    load,
    allowed: (vendor) => !!(vendors[vendor][3] & Flag.Early) || (!deciding || verdicts[vendor] == Verdict.Necessary) && allows(site, verdicts[vendor], safe),
    strict: site.strict,
    own: (host) => [location.hostname, ...site.hosts].some((own) => `.${host}`.endsWith(`.${own}`)),
    onHeld: told('held'),
    onReleased: told('released'),
    onUnknown: (host, kind) => emit('unknown-host', { host, kind }),
  });

  language =
    [root.lang, ...navigator.languages]
      .map((wanted) => wanted.split('-')[0].toLowerCase())
      .find((wanted) => languages.includes(wanted)) || languages[0];
  const core: Core = [
    site,
    language,
    load,
    fetch,
    fold,
    attempt,
    cookies,
    mirror,
    refresh,
    afterPaint,
    () => kept,
    () => verdicts,
    consents,
    on,
    emit,
  ];

  /** Hands over the second file; at once, if it is there. */
  const use = async (fn: (late: Late) => unknown) => {
    if (!late) {
      const second: Second = await load('banner.' + language);
      late ||= second.open(core, second.default);
    }
    return fn(late);
  };
  let warned: unknown;
  const quietly = (fn: (late: Late) => unknown) => use(fn).catch((problem) => (warned ||= [console.warn('sekisho:', problem)]));
  const decide = (action: Action, choices: boolean | Record<string, boolean>) => {
    deciding = true;
    return use((file) => {
      deciding = false;
      // Whatever comes of it, what was held meanwhile is looked at again.
      afterPaint(gate!.update);
      file.decide(action, choices, 0);
    });
  };
  const open = (from?: Element) => quietly((file) => file.preferences(from));
  const show = () => quietly((file) => file.wake());

  const wake = () => {
    refresh();
    gate!.update();
    if (late) show();
    // Something is left to send; or only the way back in is left to draw, unless the page has its own.
    else
      (window.requestIdleCallback || setTimeout)(() => {
        if (
          attempt(() => localStorage.getItem('sekisho.queue')) ||
          (!paused && verdicts.some((verdict) => verdict != Verdict.Necessary) && !root.querySelector(OPEN))
        ) {
          show();
        }
      });
  };
  for (const event of ['online', 'pageshow', 'pagehide', 'visibilitychange']) addEventListener(event, wake);
  // Added late, by mistake or by hand.
  if (document.readyState == 'complete') wake();
  // Another tab has written or erased: the store works, and what this page remembers besides must not come back.
  addEventListener('storage', () => refresh(null));
  addEventListener(
    'click',
    (event) => {
      const from = (event.target as Element).closest?.(OPEN);
      if (from) {
        event.preventDefault();
        open(from);
      }
    },
    true,
  );

  return {
    ready: Promise.resolve(!paused && verdicts.includes(Verdict.Unasked) && show()),
    consent: (vendor) => WORDS[verdicts[position(vendor)] | 0],
    consents,
    open: () => open(),
    acceptAll: () => decide('accept-all', true),
    rejectAll: () => decide('reject-all', false),
    withdraw: () => decide('withdraw', false),
    save: (choices) => decide('save', choices),
    on,
  };
};
