// Static tags, made inert by `sekisho mark`: the rows of the matrix that a script in the page cannot promise for, and a
// page with the tags of all vendors that the five policies name. No request before a choice; after it each tag once.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { markup, scripts, tags, vendorOf, vendors } from './fixtures/tags.mjs';
import { pageOf as gatePage, world } from './gate/harness.mjs';
import { rows } from './gate/rows.mjs';
import { run } from './lib/process.mjs';
import { binary, site } from './lib/service.mjs';
import { suite } from './lib/suite.mjs';
import { until } from './lib/until.mjs';
import { pageOf } from './lib/visit.mjs';

const folder = await mkdtemp(join(tmpdir(), 'sekisho-mark-'));
after(() => rm(folder, { recursive: true, force: true }));
const env = { PATH: process.env.PATH, HOME: folder };

/** Marks pages, by name, with the binary. */
async function mark(pages, ...options) {
  for (const [name, html] of Object.entries(pages)) await writeFile(join(folder, `${name}.html`), html);
  await run(binary, ['mark', '--write', ...options, folder], { env });
  const marked = {};
  for (const name of Object.keys(pages)) {
    marked[name] = await readFile(join(folder, `${name}.html`), 'utf8');
    await rm(join(folder, `${name}.html`));
  }
  return marked;
}

/** An entry of a site's own for the vendor whose host is `${id}.example`. */
const custom = (id) => ({
  id: `test-${id}`,
  custom: {
    id: `test-${id}`, name: { ja: id, en: id }, entity: { name: { ja: '例の株式会社', en: 'Example Inc.' } }, country: 'JP', kind: 'test', status: 'active',
    purposes: ['analytics'], data: ['page-url'], receives: { ja: '閲覧したページのアドレス', en: 'Address of the page viewed' },
    usedFor: { ja: '試験に使います。', en: 'Used in tests.' }, hosts: [{ host: `${id}.example` }], links: { privacy: { ja: 'https://example.jp/privacy' } },
    sources: [{ facts: ['name', 'entity', 'country', 'purposes', 'data', 'receives', 'usedFor', 'hosts', 'links'], source: 'https://example.jp/', date: '2026-11-21' }],
  },
});

const A = 'https://a.example';
const more = [
  { name: 'sync, async, defer, module and inline in the body', ran: ['1', '2', '3', '4', '5'], ordered: false,
    body: `<script src="${A}/1.js"></script><script async src="${A}/2.js"></script><script src="${A}/3.js"></script><script defer src="${A}/4.js"></script><script type="module" src="${A}/5.js"></script>` },
  { name: 'scripts that wait for each other', ran: ['1', '2', '3', '5', '4'],
    head: `<script type="module" src="${A}/5.js"></script><script defer src="${A}/4.js"></script><script src="${A}/1.js"></script>`, body: `<script src="${A}/2.js"></script><p>text</p><SCRIPT TYPE="text/javascript" SRC=${A}/3.js></SCRIPT>` },
  { name: 'image with srcset', body: `<img src="${A}/1.gif" srcset="${A}/2.gif 1x" alt="">`, requests: ['/2.gif'] },
  { name: 'image with an own src', body: `<img src="/empty" srcset="${A}/1.gif 1x" alt="">` },
  { name: 'picture', body: `<picture><source srcset="${A}/1.gif"><img src="/empty" alt=""></picture>` },
  { name: 'input type="image"', body: `<input type="image" src="${A}/1.gif">` },
  { name: 'SVG image', body: `<svg><title/><image href="${A}/1.gif"/><image xlink:href="${A}/2.gif"/></svg>` },
  { name: 'embed that ends an SVG', body: `<svg><embed type="image/svg+xml" src="${A}/1.svg">` },
  { name: 'object with what stands in for it', body: `<object type="image/svg+xml" data="${A}/1.svg"><embed type="image/svg+xml" src="${A}/2.svg"></object>`, requests: ['/1.svg'] },
  { name: 'video with poster', body: `<video poster="${A}/1.gif"></video>` },
  { name: 'video with sources', body: `<video><source src="${A}/1.gif"></video>` },
  { name: 'video, own, with a poster', body: `<video src="/empty" poster="${A}/1.gif"></video>` },
  { name: 'object that nobody closes', body: `<div><object type="image/svg+xml" data="${A}/1.svg"></div>` },
  { name: 'SVG scripts, one closed by itself', body: `<svg><script href="${A}/1.js"/><script xlink:href="${A}/2.js"></script></svg>`, ran: ['1', '2'], ordered: false },
  { name: 'audio', body: `<audio controls preload="auto" src="${A}/1.gif"></audio>` },
  { name: 'track', body: `<video crossorigin src="/empty"><track default src="${A}/1.vtt"></video>` },
  { name: 'preload, then the script', head: `<link rel="preload" as="script" href="${A}/1.js"><script src="${A}/1.js"></script>`, ran: ['1'], requests: ['/1.js'] },
  { name: 'modulepreload and preload', head: `<link rel="modulepreload" href="${A}/1.js"><link rel="preload" as="image" href="${A}/2.gif"><link rel="prefetch" href="${A}/3.gif">` },
  { name: 'icon', head: `<link rel="icon" href="${A}/1.gif"><link rel="canonical" href="${A}/2.gif">`, requests: [], silent: true },
  { name: 'a base of the vendor', head: `<base href="${A}/"><script src="1.js"></script>`, body: '<img src="2.gif" alt="">', ran: ['1'], requests: ['/1.js', '/2.gif'] },
  { name: 'an address with backslashes', body: `<img src=" \\\\a.example/1.gif" alt="">`, requests: ['/1.gif'] },
  { name: 'noscript', body: `<noscript><img src="${A}/1.gif"></noscript>`, requests: [] },
].map((row) => ({ group: 'marked', ...row }));

const marking = [...rows.filter((row) => row.group === 'static markup'), ...more];
/** What the page names, each once. */
const named = (html) => [...new Set([...html.matchAll(/a\.example(\/[\w.]+)/g)].map(([, path]) => path))];
const html = (row) => gatePage({ head: row.head, body: row.body });

const { open, bodies } = await world();
bodies.set('/says.html', { type: 'text/html', body: '<!doctype html><script>new Image().src = "/ran.gif"</script>' });
bodies.set('/says.js', { type: 'text/javascript', body: 'new Image().src = "https://a.example/ran.gif"' });

const shelf = `embedded:${join(folder, '.store')}`;
await writeFile(join(folder, 'site.json'), JSON.stringify(site('rows', ['http://127.0.0.1:1'], ['a', 'b', 'c'].map(custom))));
await run(binary, ['site', 'apply', '-f', join(folder, 'site.json'), '--publish', '--store', shelf], { env });
const marked = await mark(Object.fromEntries(marking.map((row, i) => [i, html(row)])), '--site', 'rows', '--store', shelf);

marking.forEach((row, i) => {
  test(`marked: ${row.name}`, async () => {
    // The gate of the matrix knows vendor test-a as a.
    const page = await open(marked[i].replaceAll('data-vendor="test-', 'data-vendor="'));
    try {
      await page.settle();
      assert.deepEqual(page.requests(), [], 'requests before a choice');
      assert.deepEqual(await page.ran(), []);
      await page.grant('b');
      await page.settle();
      assert.deepEqual(page.requests(), [], 'requests after the grant of another vendor');

      await page.grant('a');
      const { ran = [], requests = named(html(row)) } = row;
      await page.eventually(`${row.name} to run`, (count) => window.ran.length >= count, ran.length);
      await until('the requests', () => requests.every((path) => page.requests().includes(path)));
      await page.settle();
      const order = (list) => (row.ordered === false ? list.toSorted() : list);
      assert.deepEqual(order(await page.ran()), order(ran), 'what ran after the grant');
      if (!row.silent) assert.deepEqual(page.requests().filter((path) => path !== '/ran.gif').toSorted(), requests.toSorted(), 'requests after the grant');
      assert.deepEqual(page.errors, [], 'errors in the page');
    } finally {
      await page.close();
    }
  });
});

test('marked, for a visitor who decided before: each once, those that wait for each other in order', async () => {
  const row = more.find((row) => row.name === 'scripts that wait for each other');
  const page = await open(marked[marking.indexOf(row)].replaceAll('data-vendor="test-', 'data-vendor="'), { query: '?granted=a' });
  try {
    await page.eventually('all to run', (count) => window.ran.length >= count, row.ran.length);
    await page.settle();
    const ran = await page.ran();
    assert.deepEqual(ran.toSorted(), row.ran.toSorted());
    assert.deepEqual(ran.filter((name) => name < 4), ['1', '2', '3']);
    assert.deepEqual(page.requests().toSorted(), named(html(row)).toSorted());
  } finally {
    await page.close();
  }
});

// The page of tags.test.mjs with nothing but the tag before it, marked.
const { recorder, host, service, visitor } = await suite({
  answer(request) {
    const vendor = vendorOf(request);
    const kind = vendor && tags.find((tag) => tag.vendor === vendor).kind;
    if (kind === 'iframe') return { type: 'text/html', body: '<!doctype html><title>video</title>' };
    if (kind !== 'script') return undefined;
    return {
      type: 'text/javascript',
      body: `window.ran.push(${JSON.stringify(vendor)}); window.Munchkin ||= { init() {} }; window.Rtoaster ||= { init() {}, track() {} };`,
    };
  },
});
const plain = pageOf(service, 'shop', { head: scripts.map(markup).join('\n'), body: tags.filter((tag) => !scripts.includes(tag)).map((tag) => tag.html.replace(/data-vendor="[^"]*"/, '').replace('data-src', 'src')).join('\n') });
await service.apply(site('shop', [host.origin], vendors));
host.pages['/'] = (await mark({ shop: plain }, '--vendors', vendors.join()))['shop'];
await service.up();

test('a page with the tags of all vendors, marked: no request before consent', visitor('mark before consent', async (visit) => {
  assert.notEqual(host.pages['/'], plain);
  await visit.open(host.origin);
  await visit.banner().waitFor();
  await visit.untilHeld(vendors);
  await visit.settle();
  assert.deepEqual(visit.reached(), []);
  assert.deepEqual(await visit.ran(), []);
}));

test('accepted: each of them once, in document order', visitor('mark accept', async (visit) => {
  await visit.open(host.origin);
  await visit.page.waitForLoadState('load');
  await visit.choose('accept-all');
  const all = scripts.map((tag) => tag.vendor);
  await visit.untilRan(all);
  await until('the video and the picture', () => ['youtube-embed', 'ferret-one'].every((one) => recorder.requests.some((request) => vendorOf(request) === one)));
  await visit.settle();
  assert.deepEqual((await visit.ran()).toSorted(), all.toSorted());
  const released = (await visit.seen('released')).map((tag) => tag.vendor).filter((vendor) => all.includes(vendor));
  assert.deepEqual([...new Set(released)], all);
  assert.deepEqual([...new Set(visit.reached().map((request) => vendorOf(request) ?? request.host))].toSorted(), vendors.toSorted());
}));
