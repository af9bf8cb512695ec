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
  /** All of the above, as it was read or will be written. */
  value: string;
}

/** Undefined for what is none of ours, or damaged: that counts as no decision. The same as DecodeCookie in Go. */
export const decode = (value: string): Kept | undefined => {
  try {
    const bytes = atob(value.replace(/-/g, '+').replace(/_/g, '/'));
    let next = 0;
    const slice = (length: number) => bytes.slice(next, (next += length));
    /** Unsigned varint of 32 bits. */
    const number = (): number => {
      const byte = bytes.charCodeAt(next++);
      const n = byte > 127 ? byte - 128 + number() * 128 : byte;
      // NaN past the end.
      if (n < 2 ** 32) return n;
      throw n;
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
    if (next < bytes.length) {
      for (let left = number(), index = 0; left--; ) kept.unanswered.add((index += number()));
    }
    // Nothing over; format 1, UUID version 4 and its variant; our alphabet alone, and no more than Go looks at.
    if (
      next == bytes.length &&
      kept.sequence &&
      /^\x01.{6}[@-O].[\x80-\xbf]/s.test(bytes) &&
      /^[\w-]{9,3000}$/.test(value)
    ) {
      return kept;
    }
  } catch {
    // Not base64, or cut off.
  }
  return;
};
