import type { attempt } from '../attempt';
import type { Kept } from '../consent/cookie';
import { MONTH } from '../consent/fold';
import type { Site } from '../types';
import type { cookies, mirror } from './read';

/**
 * Returns what writes to every place that takes it and does not hold it already. `shared`: the service runs under the
 * site's own domain, which then owns the cookie. The functions are those of the first file.
 */
export const writer =
  (
    { domain, expiry }: Pick<Site, 'domain' | 'expiry'>,
    shared: boolean,
    try_: typeof attempt,
    found: typeof cookies,
    mirrored: typeof mirror,
  ) =>
  ({ value, at }: Pick<Kept, 'value' | 'at'>) => {
    const held = () => found().includes(value);
    const set = (scope: string) => {
      const age = Math.ceil(at + expiry * MONTH - Date.now() / 1e3);
      const secure = location.protocol == 'https:' ? '; Secure' : '';
      const cookie = `sekisho=${value}; Path=/; SameSite=Lax; Max-Age=${age}${secure}${scope}`;
      try_(() => Reflect.set(Document.prototype, 'cookie', cookie, document));
      // Browsers drop what they do not like in silence: read it back.
      return held();
    };
    // No Domain for an IP address or a host without dots: browsers refuse it.
    if (!held() && !(shared && /\.[a-z]/.test(domain) && set('; Domain=' + domain))) set('');
    // The mirror comes last: its event makes other tabs read the cookie.
    if (mirrored() != value) try_(() => localStorage.setItem('sekisho', value));
  };
