// The entry of /s/KEY.js on a report-only site, in place of main.ts. Nothing is held, asked or drawn; what is marked is
// let go like all else. What the gate would have held, by an earlier decision, Global Privacy Control and the site's
// default, comes as "held" with `reportOnly: true`, the first of each vendor, kind and host.
//
// window.sekisho answers as always. What would take a decision or show something rejects: there would be no truth in
// keeping a refusal that nothing follows from.
import site from 'sekisho:site';
import { install } from './gate/gate';
import { matcher } from './gate/match';
import { first, start, type PageAPI } from './page';
import type { Gate, TagInfo } from './types';

const withheld: Gate['withheld'] = new Map();
/** While the site's own rules are asked. To all else the site is paused: nothing is shown. */
let asking = false;
const quiet = {
  ...site,
  get paused() {
    return !asking;
  },
};

const watch: typeof install = (options) => {
  const { match, allowed } = options;
  const gate = install({
    ...options,
    strict: false,
    match(url, kind) {
      const vendor = match(url);
      if (kind) {
        asking = true;
        // The gate holds unknown style sheets and forms of no site.
        const holds = vendor < 0 ? options.strict && !/^(style|form)$/.test(kind) : !allowed(vendor);
        asking = false;
        const key = [vendor, kind, url.hostname] + '';
        if (holds && !withheld.has(key)) {
          const tag: TagInfo & { reportOnly: true } = { vendor, kind, url: url.href, reportOnly: true };
          withheld.set(key, tag);
          options.onHeld(tag);
        }
      }
      return vendor;
    },
    allowed: () => true,
  });
  gate.withheld = withheld;
  return gate;
};

const refuse = async () => {
  throw new Error('sekisho: this site is report-only');
};

/** As in main.ts. */
export { first };
if (first) {
  window.sekisho = {
    ...start(quiet, watch, matcher(site.rules)),
    open: refuse,
    acceptAll: refuse,
    rejectAll: refuse,
    withdraw: refuse,
    save: refuse,
  } satisfies PageAPI;
}
