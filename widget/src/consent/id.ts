/** A visitor for Kept: format 1 and a UUID of version 4. (crypto.randomUUID is for secure contexts only.) */
export const mint = (): string => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  return String.fromCharCode(1, ...bytes);
};

/** The UUID as people write it. */
export const format = (visitor: string): string =>
  [...visitor.slice(1)]
    .map((byte) => (byte.charCodeAt(0) + 256).toString(16).slice(1))
    .join('')
    .replace(/(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
