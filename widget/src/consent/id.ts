/** 16 bytes of a UUID of version 4. (crypto.randomUUID is for secure contexts only.) */
export const mint = (): number[] => {
  const bytes = [...crypto.getRandomValues(new Uint8Array(16))];
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  return bytes;
};

export const format = (bytes: number[]): string =>
  bytes
    .map((byte) => (byte + 256).toString(16).slice(1))
    .join('')
    .replace(/(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
