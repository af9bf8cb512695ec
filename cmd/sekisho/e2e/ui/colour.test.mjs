// Any accent that a site chooses stays readable: WCAG 2.2, 1.4.3 and 1.4.11.

import assert from 'node:assert/strict';
import test from 'node:test';
import { load } from './host.mjs';

const { contrast, hex, readable, textOn } = await load('ui', 'colour.ts');

/** Every colour on a grid through the cube of red, green and blue. */
function* colours() {
  for (let r = 0; r < 256; r += 15) for (let g = 0; g < 256; g += 15) for (let b = 0; b < 256; b += 15) yield (r << 16) | (g << 8) | b;
}

test('contrast is what WCAG says it is', () => {
  assert.equal(contrast(0, 0xffffff), 21);
  assert.equal(contrast(0x777777, 0x777777), 1);
  assert.equal(contrast(0x767676, 0xffffff).toFixed(2), '4.54');
  assert.equal(contrast(0xffffff, 0x767676), contrast(0x767676, 0xffffff));
});

test('black or white reads on any colour', () => {
  for (const colour of colours()) assert.ok(contrast(colour, textOn(colour)) >= 4.5, hex(colour));
});

test('any accent becomes readable on both grounds, and one that is already stays as it is', () => {
  for (const ground of [0xffffff, 0x1c2026])
    for (const colour of colours()) {
      const result = readable(colour, ground);
      assert.ok(contrast(result, ground) >= 4.5, `${hex(colour)} on ${hex(ground)}: ${hex(result)}`);
      assert.ok(result >= 0 && result <= 0xffffff, hex(colour));
      if (contrast(colour, ground) >= 4.5) assert.equal(result, colour);
    }
});

test('is written as CSS reads it', () => {
  assert.deepEqual([hex(0), hex(0xffffff), hex(0x0a0b0c)], ['#000000', '#ffffff', '#0a0b0c']);
});
