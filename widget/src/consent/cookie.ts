/**
 * What this browser remembers: all decisions of its visitor, merged into one value of the cookie "sekisho" and of its
 * mirror in localStorage. The format stands in server/consent/cookie.go; server/consent/testdata/cookie.json holds
 * both to it. Bytes are kept as strings, a character each, which is the shortest way through btoa and atob.
 */
export interface Kept {
  /** The format's byte and the 16 bytes of a UUIDv4. */
  visitor: string;
  /** Of the newest decision, from 1. */
  sequence: number;
  /** Under which everything that is not in `unanswered` is answered. */
  revision: number;
  /** Of the newest decision, in seconds since 1970. */
  at: number;
  /** Vendor index i is bit i%8 of byte i>>3. */
  granted: string;
  /** Indices of vendors. */
  unanswered: Set<number>;
  /** All of the above, encoded. */
  value: string;
}

/** The most characters that are looked at, the same as in Go. */
const MOST = 3000;

/** Unsigned varint of 32 bits. A larger number loses its top, so that it never equals what decode was given. */
const varint = (n: number): string =>
  n > 127 ? String.fromCharCode((n & 127) | 128) + varint(n >>> 7) : String.fromCharCode(n);

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

/** Undefined for whatever `encode` would not have written, character for character: that counts as no decision. */
export const decode = (value: string): Kept | undefined => {
  try {
    const bytes = atob(value.slice(0, MOST).replace(/-/g, '+').replace(/_/g, '/'));
    let next = 0;
    const slice = (length: number) => bytes.slice(next, (next += length));
    // Past the end everything is NaN, and encodes as something else.
    const number = (): number => {
      const byte = bytes.charCodeAt(next++);
      return byte > 127 ? byte - 128 + number() * 128 : byte;
    };
    const kept: Kept = {
      visitor: slice(17),
      sequence: number(),
      revision: number(),
      at: number(),
      granted: slice(number()),
      unanswered: new Set(),
      value,
    };
    for (let left = next < bytes.length ? number() : 0, index = 0; left-- && next < bytes.length; ) {
      kept.unanswered.add((index += number()));
    }
    // Format 1, UUID version 4 and its variant. The comparison refuses what is cut off, trailing bytes, numbers spelt
    // long, an index named twice, an empty list.
    if (
      /^\x01.{6}[@-O].[\x80-\xbf]/s.test(bytes) &&
      kept.sequence &&
      !kept.granted.endsWith('\0') &&
      encode(kept) == value
    ) {
      return kept;
    }
  } catch {
    // Not base64.
  }
  return;
};
