// For pages under the content security policy of `sekisho snippet`. Whoever sends the policy, or the script ahead of it,
// reads the cookie "sekisho_allowed", which this module keeps: ".0.2.5.", the indices of the vendors that may run, of
// those that can be denied. A policy is never lifted from a page, so a choice that changes it loads the page anew.
// A page into which none was pasted gets it from here: too late for what the browser fetches ahead of scripts, in time
// for all that comes behind this one.
import { attempt } from '../attempt';
import { MONTH } from '../consent/fold';
import { gpc } from '../signals/gpc';
import { put } from '../store/put';
import { newest } from '../store/read';
import { Flag, type Gate, type Site } from '../types';

/** Made by server/bundle/policy.go. */
export type Config = [
  /** What the policy allows where the cookie is missing; the cookie then says no more and goes. */
  undecided: string,
  /** The same with Global Privacy Control. */
  signal: string,
  /** Of the policy as it is now; that of the page stands in its meta element, if it has one. */
  hash: string,
  /** The policy of whoever allows nobody. */
  policy: string,
  /** Indices of vendors, as "0.2", and the sources that are let through when all of these are allowed. */
  grants: [vendors: string, sources: string][],
];

const NAME = 'sekisho_allowed';
/** In sessionStorage: what the page was loaded anew for. */
const MARK = 'sekisho.policy';

export const keep = ({ vendors, domain, expiry }: Site, [undecided, signal, hash, policy, grants]: Config) => {
  const { options } = (window as any)[Symbol.for('sekisho')] as Gate;
  const { allowed } = options;
  const missing = gpc() ? signal : undecided;
  const found = () =>
    `; ${attempt(() => Reflect.get(Document.prototype, 'cookie', document))}`
      .split(`; ${NAME}=`)
      .slice(1)
      .map((rest) => rest.split(';')[0]);
  /** As servers and the script ahead of the policy take it. */
  const read = () => {
    const [value, ...more] = found();
    if (value == null) return missing;
    return /^\.(\d+\.)*$/.test(value) && more.every((other) => other == value) ? value : '.';
  };
  /** The policy under which this page stands. */
  const loaded = read();
  const always = (vendor: number) => vendors[vendor][3] & (Flag.Necessary | Flag.Early);
  // Let go, a tag would be refused by the policy; the page that is loaded next has it.
  options.allowed = (vendor) => allowed(vendor) && (!!always(vendor) || loaded.includes(`.${vendors[vendor][1]}.`));

  const wanted = () =>
    '.' +
    vendors
      .flatMap(([, index], i) => (!always(i) && allowed(i) ? index : []))
      .sort((a, b) => a - b)
      .map((index) => index + '.')
      .join('');
  /** No Domain for an IP address or a host without dots: browsers refuse it. */
  const scopes =
    /\.[a-z]/.test(domain) && `.${location.hostname}`.endsWith('.' + domain) ? ['; Domain=' + domain, ''] : [''];
  const set = (value: string, age: number | undefined, scope: string) => {
    const lives = age == null ? '' : '; Max-Age=' + age;
    const secure = location.protocol == 'https:' ? '; Secure' : '';
    put(`${NAME}=${value}; Path=/; SameSite=Lax${lives}${secure}${scope}`);
  };
  /** Goes with the decision: what runs out later would let tags through that nobody has allowed. */
  const write = (value: string) => {
    const kept = newest(undefined);
    for (const scope of scopes) set('', 0, scope);
    for (const scope of scopes) {
      if (value != missing && !found()[0]) set(value, kept && Math.ceil(kept.at + expiry * MONTH - Date.now() / 1e3), scope);
    }
  };
  /** Whether the page is to be loaded anew: not if the browser did not take the cookie, and once for one value. */
  const stale = () => {
    const value = wanted();
    if (value == missing ? found()[0] != null : found().some((other) => other != value) || !found()[0]) write(value);
    if (value == loaded) attempt(() => sessionStorage.removeItem(MARK));
    else if (read() == value && attempt(() => sessionStorage.getItem(MARK)) != value) {
      attempt(() => sessionStorage.setItem(MARK, value));
      return attempt(() => sessionStorage.getItem(MARK)) == value;
    }
    return false;
  };

  // A choice in another tab counts for this one with its next page: somebody may be filling in a form.
  let elsewhere = false;
  addEventListener(
    'storage',
    () => {
      elsewhere = true;
      setTimeout(() => (elsewhere = false));
    },
    true,
  );
  // Before all other listeners, so that nothing is granted under a policy that has yet to be narrowed.
  addEventListener(
    'sekisho:consent',
    () => {
      // When the decision has been put into the queue; the next page sends it.
      if (stale() && !elsewhere) setTimeout(() => location.reload());
    },
    true,
  );
  const pasted = document.documentElement.querySelector('meta[data-sekisho]');
  if (!pasted) {
    // A header may have brought the same; then this adds nothing. What neither the decision nor the policy of that header
    // lets through stays out, as with options.allowed.
    const meta = document.createElement('meta');
    const given = (index: string) => [loaded, wanted()].every((list) => list.includes(`.${index}.`));
    meta.httpEquiv = 'Content-Security-Policy';
    meta.content = [policy, ...grants.flatMap(([all, sources]) => (all.split('.').every(given) ? sources : []))].join(' ');
    document.head.prepend(meta);
    // It stays in force; the page's own markup stays as it was.
    meta.remove();
  } else if (pasted.getAttribute('data-sekisho') != hash) {
    console.warn('sekisho: the hosts of this site have changed; paste anew what "sekisho snippet --strict" prints');
  }
  if (stale()) location.reload();
};
