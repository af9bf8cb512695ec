// The file that reports what a page view met, loaded in a sample of them: hosts that no vendor of the site has, vendors'
// static tags that the browser fetched ahead of the gate and, on a report-only site, what would have been held. It says
// host and kind, and never a path, a page or a visitor.
import settings from 'sekisho:reports';
import type { Gate, TagInfo } from '../types';
import type { Finding } from './types';

/** The service takes no more: server/discovery, and server/api/report.go in bytes. */
const MOST = 30;
const ROOM = 4000;

/** A name of the DNS, which is what the service counts. */
const NAME = /^(?!-)[a-z\d-]+(\.[a-z\d-]+)+$/;

/** `send` is the browser's own fetch, from before the page could wrap it. */
export default (send: typeof fetch): void => {
  const { queue, options, unknown: early, withheld } = (window as any)[Symbol.for('sekisho')] as Gate;
  /** Findings as JSON, which tells them apart. */
  const found = new Set<string>();
  const fetched = new Set<string>();
  let room = ROOM;
  /** As long as whatever is held has never run on this page. */
  let fresh = true;

  const note = (what: Finding['what'], kind: string, name: string, vendor?: string) => {
    const host = name.replace(/\.$/, '');
    const text = JSON.stringify({ what, kind, host, vendor } satisfies Finding);
    if (NAME.test(host) && !found.has(text) && found.size < MOST && (room -= text.length + 1) > 0) found.add(text);
  };
  /** Notes the host of an address that is nobody's. */
  const look = (address: string, kind: string) => {
    try {
      const url = new URL(address, document.baseURI);
      const { hostname } = url;
      if (
        /^(http|ws)/.test(url.protocol) &&
        !options.own(hostname) &&
        options.match(url) < 0
      ) {
        note('unknown', kind, hostname);
      }
    } catch {
      // "inline", "eval": a policy names more than addresses.
    }
  };
  const compare = () => {
    for (const { vendor, kind, url } of queue.values())
      if (vendor < 0) look(url, kind);
      else if (fresh && fetched.has(url) && !options.allowed(vendor)) note('ahead', kind, new URL(url).hostname, settings.vendors[vendor]);
  };
  const see = (entries: PerformanceEntryList) => {
    for (const { name, initiatorType, duration } of entries as PerformanceResourceTiming[]) {
      // What a policy forbade took no time.
      if (duration) fetched.add(name);
      // The gate may have met it, too.
      look(name, initiatorType == 'xmlhttprequest' ? 'xhr' : initiatorType);
    }
    compare();
  };

  const observer = new PerformanceObserver((list) => see(list.getEntries()));
  observer.observe({ type: 'resource', buffered: true });
  const stop = new AbortController();
  const on = (event: string, fn: (event: any) => void) => addEventListener(event, fn, stop);
  on('securitypolicyviolation', ({ blockedURI, effectiveDirective }) => look(blockedURI, effectiveDirective));
  on('sekisho:unknown-host', ({ detail }) => note('unknown', detail.kind, detail.host));
  on('sekisho:consent', () => {
    compare();
    fresh = false;
  });
  const tell = ({ type }: Event) => {
    if (type == 'pagehide' || document.hidden) {
      stop.abort();
      see(observer.takeRecords());
      observer.disconnect();
      for (const { kind, host } of early || []) note('unknown', kind, host);
      for (const { vendor, kind, url } of withheld?.values() || ([] as TagInfo[]))
        note(vendor < 0 ? 'unknown' : 'held', kind, new URL(url).hostname, settings.vendors[vendor]);
      if (found.size) {
        // A string goes out as text/plain, which needs no preflight.
        send(settings.url, { method: 'POST', body: `{"findings":[${[...found]}]}`, keepalive: true, credentials: 'omit' }).catch(() => {});
      }
    }
  };
  on('visibilitychange', tell);
  on('pagehide', tell);
};
