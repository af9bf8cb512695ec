/**
 * What this browser remembers: all decisions of its visitor, merged into one value of the cookie "sekisho" and of its
 * mirror in localStorage. The format stands in server/consent/cookie.go; server/consent/testdata/cookie.json holds
 * both to it.
 */
export interface Kept {
  /** 16 bytes of a UUIDv4. */
  visitor: number[];
  /** Of the newest decision, from 1. */
  sequence: number;
  /** Under which everything that is not in `unanswered` is answered. */
  revision: number;
  /** Of the newest decision, in seconds since 1970. */
  at: number;
  /** Bytes: vendor index i is bit i%8 of byte i>>3. */
  granted: number[];
  /** Indices of vendors. */
  unanswered: Set<number>;
  /** All of the above, encoded. */
  value: string;
}

/** The most characters that are looked at, the same as in Go. */
const MOST = 3000;

/** Unsigned varint of 32 bits. A larger number loses its top, so that it never equals what decode was given. */
const varint = (n: number): number[] => (n > 127 ? [(n & 127) | 128, ...varint(n >>> 7)] : [n]);

export const encode = ({ visitor, sequence, revision, at, granted, unanswered }: Kept): string =>
  btoa(
    String.fromCharCode(
      1,
      ...visitor,
      ...[sequence, revision, at, granted.length].flatMap(varint),
      // May have holes, which become zero.
      ...granted,
      ...(unanswered.size ? varint(unanswered.size) : []),
      ...[...unanswered].sort((a, b) => a - b).flatMap((index, i, all) => varint(index - (all[i - 1] || 0))),
    ),
  )
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=/g, '');

/** Undefined for whatever `encode` would not have written, character for character: that counts as no decision. */
export const decode = (value: string): Kept | undefined => {
  try {
    const bytes = atob(value.slice(0, MOST).replace(/-/g, '+').replace(/_/g, '/'));
    let next = 1;
    let index = 0;
    // Past the end everything is NaN, and encodes as something else.
    const byte = () => bytes.charCodeAt(next++);
    const number = (): number => {
      const b = byte();
      return b > 127 ? b - 128 + number() * 128 : b;
    };
    const list = (item: () => number, length = number()) => Array.from({ length: length < MOST ? length : 0 }, item);
    const kept = {
      visitor: list(byte, 16),
      sequence: number(),
      revision: number(),
      at: number(),
      granted: list(byte),
      unanswered: new Set(list(() => (index += number()))),
      value,
    };
    const { visitor, sequence, granted } = kept;
    // The comparison refuses another format, trailing bytes, numbers spelt long, an index named twice, an empty list.
    if (
      visitor[6] >> 4 == 4 &&
      visitor[8] >> 6 == 2 &&
      sequence &&
      granted.at(-1) != 0 &&
      encode(kept) == value
    ) {
      return kept;
    }
  } catch {
    // Not base64.
  }
  return;
};
