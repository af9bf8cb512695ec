// What the gate may add to a page that is full of tags: the short form of what `make bench` measures.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { cost, kinds } from '../../../widget/bench/cost.mjs';
import { shop } from '../../../widget/bench/shop.mjs';

const world = await shop();
after(() => world.stop());
await world.service.up();

test('insertions on a page with 200 tags of 20 vendors', async (t) => {
  const costs = await cost(world, { rounds: 2, samples: 5 });
  for (const [kind, { without, with: gated, added }] of Object.entries(costs)) {
    t.diagnostic(`100 × ${kinds[kind]}: ${without.median.toFixed(2)} ms without, ${gated.median.toFixed(2)} ms with the gate`);
    // 2 ms on a machine that has nothing else to do; on a busy one, what the same page takes without says how busy.
    assert.ok(added.min <= Math.max(2, 4 * without.median), `${kinds[kind]}: ${added.min} ms more`);
  }
});
