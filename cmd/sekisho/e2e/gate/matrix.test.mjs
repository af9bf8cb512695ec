// The matrix: one page for each way in which a tag can come. Nothing before a choice, nothing when another vendor is
// let through, each once and in order after the grant.
import assert from 'node:assert/strict';
import { test, after } from 'node:test';
import { until } from '../lib/until.mjs';
import { rows } from './rows.mjs';
import { weigh, world } from './harness.mjs';

const { open, bodies } = await world();
bodies.set('/says.html', { type: 'text/html', body: '<!doctype html><script>new Image().src = "/ran.gif"</script>' });
bodies.set('/says.js', { type: 'text/javascript', body: 'new Image().src = "https://a.example/ran.gif"' });

bodies.set('/redirect', { type: 'text/plain', body: '', status: 302, headers: { location: 'https://a.example/1.gif' } });

const measured = new Map(rows.map((row) => [row, '']));
const counts = {};
let again;

for (const row of rows) {
  test(`${row.group}: ${row.name}`, async () => {
    const page = (again = await open({ head: row.head, body: (row.body ?? '') + (row.script ? `<script>${row.script}</script>` : '') }, { again }));
    await page.settle();
    const reached = () => page.requests().some((path) => path !== '/redirect');
    if (row.promise === 'cannot be prevented') await until('a request: it can be prevented by now', reached);
    const before = page.requests();
    const ranBefore = await page.ran();
    if (row.promise === 'no request') assert.deepEqual(before, [], 'requests before a choice');
    if (row.promise !== 'cannot be prevented') {
      assert.deepEqual(ranBefore, [], 'ran before a choice');
      assert.ok(!before.includes('/ran.gif'), 'ran inside a frame');
    }
    measured.set(row, before.length ? 'fetched' : 'not fetched');

    await page.grant('b');
    await page.settle();
    if (row.promise === 'no request') assert.deepEqual(page.requests(), [], 'requests after the grant of another vendor');

    await page.grant('a');
    const { ran = [], requests = [] } = row;
    await page.eventually(`${row.name} to run`, (count) => window.ran.length >= count, ran.length);
    await page.settle();
    const order = (list) => (row.ordered === false ? [...list].sort() : list);
    assert.deepEqual(order(await page.ran()), order(ran), 'what ran after the grant');
    if (row.promise === 'no request') assert.deepEqual([...page.requests()].sort(), [...requests].sort(), 'requests after the grant');
    assert.deepEqual(page.errors, [], 'errors in the page');
    counts[row.promise] = (counts[row.promise] ?? 0) + 1;
  });
}

after(async () => {
  for (const [row, seen] of measured) if (row.promise !== 'no request') console.log(`${row.group}: ${row.name}: ${row.promise}; ${seen}`);
  console.log(`${rows.length} ways in; as promised: ${JSON.stringify(counts)}`);
  console.log(`the gate alone: ${await weigh()} bytes in brotli`);
});
