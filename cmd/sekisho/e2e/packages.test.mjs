// Vendors' tags as sites bring them in today: by packages of the npm registry, bundled with the site's own code. Each
// is held, refused and let go; what a site has called in the meantime reaches the vendor's script in order.
import assert from 'node:assert/strict';
import { build } from 'esbuild';
import { dirname } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { libraries, packages } from './fixtures/packages.mjs';
import { site } from './lib/service.mjs';
import { suite } from './lib/suite.mjs';
import { until } from './lib/until.mjs';
import { pageOf } from './lib/visit.mjs';

const address = ({ host, path }) => host + path;

/** A vendor's script says that it ran, takes over what waits, and goes on. */
function answer(request) {
  const one = packages.find((one) => address(request).startsWith(one.host + one.path));
  if (one) return { type: 'text/javascript', body: `ran.push(${JSON.stringify(one.vendor)}); take(${one.waiting}); ${one.stub ?? ''}` };
  if (request.path.endsWith('/settings')) return { type: 'application/json', body: JSON.stringify({ integrations: { 'Segment.io': { apiKey: 'testtesttesttesttesttesttesttest' } } }) };
  return undefined;
}

/** In the page: calls as plain data. Some are arguments objects, some arrays, some objects, some functions. */
const plain = `<script>
var taken = [];
function calls(list) {
  return Array.from(list, function (call) { return call && call.length >= 0 && typeof call == 'object' ? Array.from(call) : typeof call == 'function' ? 'function' : call; });
}
function take(list) { taken = JSON.parse(JSON.stringify(calls(list))); }
</script>`;

/** Whether actual has all that is named in expected, and lists in that order. */
const has = (actual, expected) =>
  Array.isArray(expected) ? Array.isArray(actual) && expected.every((one, i) => has(actual[i], one))
  : expected && typeof expected === 'object' ? !!actual && Object.entries(expected).every(([key, one]) => has(actual[key], one))
  : actual === expected;
const assertCalls = (actual, { calls }) => {
  if (calls) assert.ok(has(actual, calls) && actual.length === calls.length, `calls: ${JSON.stringify(actual)}, not ${JSON.stringify(calls)}`);
  else assert.ok(actual.length > 0, 'no call waits');
};

const { host, service, visitor } = await suite({ answer });

const all = [...packages, ...libraries];
const { outputFiles } = await build({
  entryPoints: all.map((_, i) => ({ in: `site:${i}`, out: `${i}` })),
  bundle: true, write: false, outdir: '/', format: 'iife', target: 'es2022', minify: true, logLevel: 'error',
  // Packages look at it, as their instructions expect of a bundler.
  define: { 'process.env.NODE_ENV': '"production"', global: 'window' },
  plugins: [{
    name: 'site',
    setup(build) {
      build.onResolve({ filter: /^site:/ }, ({ path }) => ({ path: path.slice(5), namespace: 'site' }));
      build.onLoad({ filter: /.*/, namespace: 'site' }, ({ path }) => ({ contents: all[path].code, resolveDir: dirname(fileURLToPath(import.meta.url)) }));
    },
  }],
});
for (const file of outputFiles) host.pages[file.path] = { body: file.contents, headers: { 'content-type': 'text/javascript' } };

const scripts = (...used) => ({
  head: plain + used.map(({ inline }) => (inline ? `<script>${inline}</script>` : '')).join(''),
  body: used.map((one) => `<script src="/${all.indexOf(one)}.js"></script>`).join('\n'),
});
all.forEach((one, i) => (host.pages[`/page/${i}`] = pageOf(service, 'shop', scripts(one))));
/** One package for each vendor: two tags of one vendor are one too many for any site. */
const each = packages.filter((one, i) => packages.findIndex(({ vendor }) => vendor === one.vendor) === i);
host.pages['/all'] = pageOf(service, 'shop', scripts(...each));
await service.apply(site('shop', [host.origin], [...new Set(all.map(({ vendor }) => vendor))]));
await service.up();

const page = (one) => `${host.origin}/page/${all.indexOf(one)}`;
const times = (visit, one) => visit.reached().filter((request) => address(request).startsWith(one.host + one.path)).length;
const sent = (visit, what) => visit.reached().some((request) => address(request).startsWith(what));
const hosts = (visit) => [...new Set(visit.reached().map((request) => request.host))];

for (const one of packages)
  test(`${one.name}: held, refused, let go`, visitor(`package ${one.name}`, async (visit) => {
    const waiting = () => visit.page.evaluate(`JSON.parse(JSON.stringify(calls(${one.waiting})))`);
    const held = async () => {
      assert.deepEqual(visit.errors, []);
      await visit.untilHeld([one.vendor]);
      await visit.settle();
      assert.deepEqual(visit.reached(), []);
      assert.deepEqual(await visit.ran(), []);
      assertCalls(await waiting(), one);
    };
    await visit.open(page(one));
    await held();
    await visit.page.evaluate(() => window.sekisho.rejectAll());
    await visit.untilRecorded();
    await held();
    await visit.page.reload();
    await held();

    await visit.page.evaluate((vendor) => window.sekisho.save({ [vendor]: true }), one.vendor);
    await visit.untilRan([one.vendor]);
    if (one.calls) assertCalls(await visit.page.evaluate(() => window.taken), one);
    await visit.page.evaluate(() => window.later?.());
    for (const what of one.sends ?? []) await until(`the request ${what}`, () => sent(visit, what));
    await visit.settle();
    assert.equal(times(visit, one), 1, 'the tag is loaded once');
    assert.deepEqual(await visit.ran(), [one.vendor]);
    assert.deepEqual(hosts(visit).sort(), [...new Set([one.host, ...(one.sends ?? []).map((what) => what.split('/')[0])])].sort());
    assert.deepEqual(visit.errors, []);
  }));

for (const one of libraries)
  test(`${one.name}, ${one.way}: fails quietly while it is held, then gets through`, visitor(`library ${one.name} ${one.way}`, async (visit) => {
    const held = async () => {
      await until(`a held ${one.kind}`, async () => (await visit.seen('held')).some((tag) => tag.vendor === one.vendor && tag.kind === one.kind));
      await visit.settle();
      assert.deepEqual(visit.reached(), []);
    };
    await visit.open(page(one));
    await held();
    await visit.page.evaluate(() => window.sekisho.rejectAll());
    await visit.page.reload();
    await held();
    assert.deepEqual(visit.errors, []);
    await visit.page.evaluate((vendor) => window.sekisho.save({ [vendor]: true }), one.vendor);
    await visit.page.evaluate(() => void window.later());
    await until(`the request ${one.sends}`, () => sent(visit, one.sends));
    await visit.settle();
    assert.deepEqual(visit.errors, []);
  }));

test('all of them on one page: nothing before consent, then each once', visitor('packages', async (visit) => {
  const vendors = each.map(({ vendor }) => vendor);
  await visit.open(`${host.origin}/all`);
  await visit.untilHeld(vendors);
  await visit.settle();
  assert.deepEqual(visit.reached(), []);
  await visit.choose('accept-all');
  await visit.untilRan(vendors);
  await visit.settle();
  assert.deepEqual((await visit.ran()).toSorted(), vendors.toSorted());
  assert.deepEqual(each.filter((one) => times(visit, one) !== 1), []);
  assert.deepEqual(visit.errors, []);
}));
