// Makes a screenshot small enough to lie in a repository: the 256 commonest colours, every other pixel the nearest of
// them. On flat interfaces nobody sees the difference, and the file has a third of the size.
import { crc32 } from './crc.mjs';
import { deflateSync, inflateSync } from 'node:zlib';

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** A PNG of 8 bits per channel without interlacing, as browsers make them → one with a palette. */
export function shrink(file) {
  const { width, height, pixels } = read(file);
  const counts = new Map();
  for (const colour of pixels) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  const palette = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, 256).map(([colour]) => colour);
  const index = new Map(palette.map((colour, i) => [colour, i]));
  const rows = Buffer.alloc((width + 1) * height);
  pixels.forEach((colour, i) => {
    if (!index.has(colour)) index.set(colour, nearest(palette, colour));
    rows[i + Math.floor(i / width) + 1] = index.get(colour);
  });
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8); // 8 bits, palette
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]))),
    chunk('IDAT', deflateSync(rows, { level: 9, memLevel: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function nearest(palette, colour) {
  const apart = (other) => [16, 8, 0].reduce((sum, shift) => sum + (((other >> shift) & 255) - ((colour >> shift) & 255)) ** 2, 0);
  return palette.reduce((best, other, i) => (apart(other) < apart(palette[best]) ? i : best), 0);
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** The pixels as numbers 0xRRGGBB, row by row. */
function read(file) {
  let header;
  const packed = [];
  for (let at = signature.length; at < file.length; ) {
    const length = file.readUInt32BE(at);
    const type = file.toString('latin1', at + 4, at + 8);
    const data = file.subarray(at + 8, at + 8 + length);
    if (type === 'IHDR') header = data;
    if (type === 'IDAT') packed.push(data);
    at += 12 + length;
  }
  const [width, height, bytes] = [header.readUInt32BE(0), header.readUInt32BE(4), { 2: 3, 6: 4 }[header[9]]];
  if (header[8] !== 8 || !bytes || header[12]) throw new Error('not a PNG of the kind that browsers make');
  const raw = inflateSync(Buffer.concat(packed));
  const line = width * bytes;
  const plain = Buffer.alloc(line * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (line + 1)];
    for (let x = 0; x < line; x++) {
      const at = y * line + x;
      const left = x < bytes ? 0 : plain[at - bytes];
      const above = y ? plain[at - line] : 0;
      const corner = y && x >= bytes ? plain[at - line - bytes] : 0;
      plain[at] = raw[y * (line + 1) + 1 + x] + [0, left, above, (left + above) >> 1, paeth(left, above, corner)][filter];
    }
  }
  const pixels = new Array(width * height);
  for (let i = 0; i < pixels.length; i++) pixels[i] = plain.readUIntBE(i * bytes, 3);
  return { width, height, pixels };
}

function paeth(left, above, corner) {
  const [a, b, c] = [above - corner, left - corner, left + above - 2 * corner].map(Math.abs);
  return a <= b && a <= c ? left : b <= c ? above : corner;
}
