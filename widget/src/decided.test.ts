import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Verdict } from './consent/fold';
import type { Core } from './late';
import { browser, settle } from './testdata/browser';

const gate = Symbol.for('sekisho');
let loaded: string[];
/** What follows on a page where somebody has been denied; `load` fetches files. */
const follow = async (load: (name: string) => Promise<unknown>) => {
  // It listens to the page as soon as it is there.
  const decided = await import('./decided');
  const core = [{ server: '', key: 'shop' }, 'ja', (name: string) => (loaded.push(name), load(name)), fetch, , , , , , , () => ({ value: 'v', visitor: '' }), () => [Verdict.Denied], , , () => {}];
  return decided.follow(core as unknown as Core, { list: () => [], put() {}, done() {} }, false, () => {});
};

beforeEach(() => {
  browser();
  loaded = [];
});

test('what vendors have left is cleared away once for a decision; what could not be had is asked for again', async () => {
  (globalThis as any)[gate] = {};
  let there = false;
  const after = await follow(async () => {
    if (!there) throw new TypeError('Failed to fetch');
    return { default: async () => {} };
  });
  for (const count of [1, 2, 2]) {
    after();
    await settle();
    assert.equal(loaded.length, count);
    there = true;
  }
});

test('on a report-only site nothing is cleared away', async () => {
  (globalThis as any)[gate] = { withheld: new Map() };
  const after = await follow(async () => ({ default: async () => {} }));
  after();
  after(1);
  await settle();
  assert.deepEqual(loaded, []);
});
