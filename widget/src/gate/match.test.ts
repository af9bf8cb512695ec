import assert from 'node:assert/strict';
import { test } from 'node:test';
import random from '../../../server/catalogue/testdata/match-random.json';
import vectors from '../../../server/catalogue/testdata/match.json';
import { matcher } from './match';

for (const set of [...vectors, ...random])
  test(`rules: ${set.name} (${set.cases.length} requests)`, () => {
    const match = matcher(set.compact);
    for (const { url, host, path, vendor, why } of set.cases as Case[]) {
      const parsed = new URL(url);
      // What Go is given must be what a browser makes of the URL.
      assert.deepEqual([parsed.hostname, parsed.pathname + parsed.search], [host, path]);
      assert.equal(match(parsed), vendor, `${url.slice(0, 200)}: ${why}`);
    }
  });

// A matcher that backtracks would not come back from this before the sun burns out.
test('many stars do not multiply', () => {
  const match = matcher('x.example.jp/' + 'a*'.repeat(50) + 'b');
  assert.equal(match(new URL('https://x.example.jp/' + 'a'.repeat(100_000))), -1);
});

interface Case {
  url: string;
  host: string;
  path: string;
  vendor: number;
  why?: string;
}
