// The matrix: one page for each way in which a tag can come, in each way of pasting. Without a choice, after a refusal
// or a withdrawal, and for another vendor each row keeps its promise, no more and no less; after the grant each tag
// runs once and in order. What is seen here is the table of widget/README.md.
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { after, describe, test } from 'node:test';
import { makeService } from '../lib/service.mjs';
import { until } from '../lib/until.mjs';
import { connectionLane, lane } from './lane.mjs';
import { hints, rows } from './rows.mjs';
import { command, measured, published, render } from './table.mjs';
import { shop, waysOf } from './ways.mjs';

/** Milliseconds to wait for what must come. */
const PATIENCE = 8000;
const lanes = await Promise.all([lane(), lane()]);
const connecting = await connectionLane();
const origins = [connecting, ...lanes].map(({ host }) => host.origin);
const service = await makeService();
after(() => service.stop());
await service.apply(shop('shop', origins), shop('policy', origins, { policy: true }));
const all = [...rows, ...hints];
const ways = await waysOf(service, all);
await service.up();

const promised = ({ promise }, id) => (typeof promise === 'string' ? promise : promise[id]) ?? 'no request';
const kept = new Map(all.map((row) => [row, {}]));
const only = process.env.ONLY && new RegExp(process.env.ONLY);

for (const [id, way] of Object.entries(ways)) {
  describe(way.name, { concurrency: lanes.length }, () => {
    rows.forEach((row, i) => check(row, i, id, async (expected) => {
      const free = lanes.pop();
      try {
        free.serve(way.pages[i], way.headers);
        await (way.policy ? anew : inPlace)(await free.visit(), row, expected);
      } finally {
        lanes.push(free);
      }
    }));
  });
  describe(`${way.name}, connections`, { concurrency: 1 }, () => {
    hints.forEach((row, i) => check(row, rows.length + i, id, async ({ promise }) => {
      connecting.serve(way.pages[rows.length + i], way.headers);
      assert.equal(await connecting.connects(), promise !== 'no request', 'connected before a choice');
    }));
  });
}

function check(row, i, id, run) {
  if (only && !only.test(`${id} ${row.group}: ${row.name}`)) return;
  test(`${row.group}: ${row.name}`, async () => {
    const promise = promised(row, id);
    const varies = row.varies?.includes(id);
    // What marking leaves as it was is a page of the first column.
    if (id === 'marked' && ways.marked.pages[i] === ways.tag.pages[i]) assert.equal(promise, promised(row, 'tag'));
    else await run({ promise, varies });
    kept.get(row)[id] = promise + (varies ? '*' : '');
  });
}

test('the table in widget/README.md is what was seen', { skip: only && 'not all was looked at' }, async () => {
  const seen = {
    ways: Object.fromEntries(Object.entries(ways).map(([id, { name }]) => [id, name])),
    rows: all.map((row) => ({ group: row.group, name: row.name, cells: kept.get(row) })),
  };
  for (const { cells, group, name } of seen.rows) for (const id in ways) assert.ok(cells[id], `${group}: ${name}: ${id} failed`);
  await mkdir(dirname(measured), { recursive: true });
  await writeFile(measured, JSON.stringify(seen, null, 1));
  assert.equal(published(), render(seen), `widget/README.md is out of date; this mends it: ${command}`);
});

/** What the row does for a visitor who has not let vendor a: just what is promised. */
async function holds(visit, when, row, { promise, varies }) {
  if (row.leaves && promise != 'no request') return until(`a request ${when}: there is none by now`, () => visit.requests().length, PATIENCE);
  await visit.settle();
  if (row.click) {
    await visit.page.click('#act');
    await visit.settle();
  }
  if (promise === 'no request') assert.deepEqual(visit.requests(), [], `requests ${when}`);
  else if (!varies) await until(`a request ${when}: there is none by now`, () => visit.requests().length, PATIENCE);
  if (promise !== 'cannot be prevented') assert.deepEqual(await visit.executed(), [], `ran ${when}`);
  else if (row.ran?.length) await until(`it to run ${when}: it does not by now`, async () => (await visit.executed()).length, PATIENCE);
}

const ordered = (row, list) => (row.ordered === false ? list.toSorted() : list);

/** After the grant: in the page, or `natively`, from its beginning. */
async function runs(visit, when, row, { promise }, natively) {
  const { ran = [], requests = [] } = row;
  await visit.eventually(`${row.name} to run ${when}`, (count) => window.ran.length >= count, ran.length);
  if (row.click) await visit.page.click('#act');
  await until(`requests ${when}`, () => requests.every((path) => visit.requests().includes(path)), PATIENCE);
  await visit.settle();
  const seen = await visit.ran();
  assert.deepEqual(natively ? seen.toSorted() : ordered(row, seen), natively ? ran.toSorted() : ordered(row, ran), `what ran ${when}`);
  if (promise === 'no request' && row.requests && !natively) assert.deepEqual(visit.requests().toSorted(), [...requests, ...(row.maybe ?? []).filter((path) => visit.requests().includes(path))].toSorted(), `requests ${when}`);
}

/** A choice acts on the page as it is; what was let go stops with the next page. */
async function inPlace(visit, row, expected) {
  await visit.load();
  await holds(visit, 'before a choice', row, expected);
  if (row.leaves && expected.promise !== 'no request') return;
  if (row.static) {
    await visit.choose('rejectAll');
    await visit.load();
    await holds(visit, 'after a refusal', row, expected);
    await visit.choose('save', { b: true });
    await holds(visit, 'for another vendor', row, expected);
  }
  await visit.choose('acceptAll');
  if (row.leaves) return until('it to leave after the grant', () => visit.requests().includes(row.requests[0]), PATIENCE);
  await runs(visit, 'after the grant', row, expected);
  assert.deepEqual(visit.errors, [], 'errors in the page');
  await visit.choose('withdraw');
  await visit.load();
  await holds(visit, 'after the withdrawal', row, expected);
  if (row.static) return;
  await visit.choose('save', { b: true });
  await holds(visit, 'for another vendor', row, expected);
}

/** Under a policy a choice acts on the next page. */
async function anew(visit, row, expected) {
  await visit.load();
  await holds(visit, 'before a choice', row, expected);
  if (row.leaves) return;
  const become = (...choice) => visit.become(ways.header.paste, ...choice);
  if (row.static) {
    await become('.', 'rejectAll');
    await visit.load();
    await holds(visit, 'after a refusal', row, expected);
  }
  await become('.1.', 'save', { a: false, b: true, c: false });
  await visit.load();
  await holds(visit, 'for another vendor', row, expected);
  await become('.0.1.2.', 'acceptAll');
  await visit.load();
  await runs(visit, 'after the grant', row, expected, true);
}
