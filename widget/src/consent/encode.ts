import type { Kept } from './cookie';

/** Unsigned varint of 32 bits. */
const varint = (n: number): string =>
  n > 127 ? String.fromCharCode((n & 127) | 128) + varint(n >>> 7) : String.fromCharCode(n);

/** The cookie's value; cookie.ts reads it. */
export const encode = ({ visitor, sequence, revision, at, granted, unanswered }: Omit<Kept, 'value'>): string =>
  btoa(
    [
      visitor,
      ...[sequence, revision, at, granted.length].map(varint),
      granted,
      unanswered.size ? varint(unanswered.size) : '',
      ...[...unanswered].sort((a, b) => a - b).map((index, i, all) => varint(index - (all[i - 1] || 0))),
    ].join(''),
  )
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=/g, '');
