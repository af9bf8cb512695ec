// What a visitor pays: bytes of brotli, with the texts of twenty real vendors.

import assert from 'node:assert/strict';
import test from 'node:test';
import { brotliCompressSync, constants } from 'node:zlib';
import { bundle } from './host.mjs';
import { sample, TWENTY } from './sample.mjs';

const LIMITS = { banner: 4700, preferences: 8192 };

for (const [part, limit] of Object.entries(LIMITS))
  for (const language of ['ja', 'en'])
    test(`${part} in ${language} with ${TWENTY.length} vendors: at most ${limit} bytes`, async (t) => {
      const text = await bundle(part, sample({ language })[part]);
      const size = brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;
      t.diagnostic(`${size} bytes`);
      assert.ok(size <= limit, `${size} bytes`);
    });

test('neither layer knows an HTML sink', async () => {
  for (const part of Object.keys(LIMITS))
    assert.doesNotMatch(await bundle(part, sample()[part]), /innerHTML|outerHTML|insertAdjacentHTML|document\.write|srcdoc|DOMParser|\beval\b|new Function|createContextualFragment/);
});
