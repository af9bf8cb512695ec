// Cookies that scripts can see, by name alone: the browser does not say on which domain and path one lies. So each
// place on which it can lie is tried, and the names are read back.
import { attempt } from '../attempt';
import { put } from '../store/put';

/** Folders of the address that are tried; a cookie below is reported, and a page in there deletes it. */
const DEEPEST = 10;

/**
 * What a cookie that a page of this host sees can have as its domain: none (the host alone), or the host or a domain
 * above it. Browsers refuse public suffixes ("co.jp", "tokyo.jp"), and they alone know their list of them. An IP
 * address and a name without dots have no more than themselves.
 */
export const domains = (host: string): string[] => {
  const labels = /^[\d.]+$|:/.test(host) ? [] : host.split('.');
  return ['', ...labels.map((_, i) => labels.slice(i).join('.')).slice(0, -1)];
};

/** The paths that a cookie can have which is seen at this address, likeliest first. */
export const paths = (pathname: string): string[] => {
  const folders = pathname.split('/').slice(1, DEEPEST + 1);
  const path = (_: string, i: number) => '/' + folders.slice(0, i + 1).join('/');
  return [...new Set(['/', ...folders.map(path).flatMap((path) => [path, path + '/'])])];
};

/**
 * Where a cookie lies besides: a partitioned one lies apart; on https a name with a prefix is taken with Secure only;
 * and in a frame of another site nothing is taken without SameSite=None.
 */
const WAYS = ['', '; Secure; SameSite=None', '; Secure; SameSite=None; Partitioned'];

/** By way of the prototype: an element such as <img name="cookie"> hides document.cookie. */
const found = (wanted: (name: string) => boolean): string[] => [
  ...new Set(
    `${attempt(() => Reflect.get(Document.prototype, 'cookie', document))}`
      .split('; ')
      .map((cookie) => cookie.split('=')[0])
      .filter(wanted),
  ),
];

/** Deletes the cookies with a wanted name wherever they can lie, and returns the names that are still seen. */
export const erase = (wanted: (name: string) => boolean): string[] => {
  let left = found(wanted);
  for (const path of paths(location.pathname)) {
    if (!left[0]) break;
    for (const name of left) {
      for (const domain of domains(location.hostname)) {
        for (const way of WAYS) {
          put(`${name}=; Max-Age=0; Path=${path}${domain && '; Domain=' + domain}${way}`);
        }
      }
    }
    left = found(wanted);
  }
  return left;
};
