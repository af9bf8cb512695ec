// Static tags, made inert by `sekisho mark`: what the matrix has no row for, and a page with the
// tags of all vendors that the five policies name. No request before a choice; after it each tag once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { markup, scripts, tags, vendorOf, vendors } from './fixtures/tags.mjs';
import { pageOf as gatePage, world } from './gate/harness.mjs';
import { mark, shop } from './gate/ways.mjs';
import { makeService, site } from './lib/service.mjs';
import { suite } from './lib/suite.mjs';
import { until } from './lib/until.mjs';
import { pageOf } from './lib/visit.mjs';

const A = 'https://a.example';
const rows = {
  mixed: { ran: ['1', '2', '3', '4', '5'], ordered: false,
    body: `<script src="${A}/1.js"></script><script async src="${A}/2.js"></script><script src="${A}/3.js"></script><script defer src="${A}/4.js"></script><script type="module" src="${A}/5.js"></script>` },
  waiting: { ran: ['1', '2', '3', '5', '4'],
    head: `<script type="module" src="${A}/5.js"></script><script defer src="${A}/4.js"></script><script src="${A}/1.js"></script>`, body: `<script src="${A}/2.js"></script><p>text</p><SCRIPT TYPE="text/javascript" SRC=${A}/3.js></SCRIPT>` },
  icon: { ran: [], head: `<link rel="icon" href="${A}/1.gif"><link rel="manifest" href="${A}/1.json"><link rel="canonical" href="${A}/2.gif">` },
};

/** Styles and the like: each vendor's URLs wait by themselves, and the page's own rules do not. */
const styles = {
  head: `<style>p { color: rgb(1, 2, 3); background: url(${A}/1.gif) } i { background: url("https://b.example/2.gif") }</style>`,
  body: `<p style="margin-left: 7px; border-image: url(${A}/3.gif) 1">text <i>text</i></p><table background="${A}/4.gif"><tr><td>text</td></tr></table>`,
};

const { open } = await world();
const shelf = await makeService();
await shelf.apply(shop('rows', ['http://127.0.0.1:1']));
const marked = await mark(Object.fromEntries(Object.entries({ ...rows, styles }).map(([name, row]) => [name, gatePage(row)])), '--site', 'rows', '--store', shelf.store);
await shelf.stop();

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

for (const [name, { ran, ordered }] of Object.entries(rows))
  test(`marked: ${name}: nothing before a choice, each once after it`, async () => {
    const page = await open(marked[name]);
    try {
      await page.settle();
      assert.deepEqual(page.requests(), [], 'requests before a choice');
      assert.deepEqual(await page.ran(), []);
      await page.grant('a');
      await page.eventually('all to run', (count) => window.ran.length >= count, ran.length);
      await page.settle();
      const seen = await page.ran();
      assert.deepEqual(ordered === false ? seen.toSorted() : seen, ran);
      assert.deepEqual(page.errors, [], 'errors in the page');
    } finally {
      await page.close();
    }
  });

test('marked styles: the page’s own rules are in force; each vendor’s URLs come with its grant, in place', async () => {
  const page = await open(marked.styles);
  const look = () => page.page.evaluate(() => {
    const { color, marginLeft } = getComputedStyle(document.querySelector('p'));
    return [color, marginLeft, document.querySelectorAll('style').length];
  });
  try {
    await page.settle();
    const before = await look();
    assert.deepEqual(before.slice(0, 2), ['rgb(1, 2, 3)', '7px']);
    assert.deepEqual(page.requests(), [], 'requests before a choice');
    await page.grant('b');
    await until('the picture of b', () => page.requests().length);
    await page.settle();
    assert.deepEqual(page.requests(), ['/2.gif']);
    await page.grant('a');
    await until('the pictures of a', () => page.requests().length > 3);
    await page.settle();
    assert.deepEqual(page.requests().toSorted(), ['/1.gif', '/2.gif', '/3.gif', '/4.gif']);
    assert.deepEqual(await look(), before);
    assert.doesNotMatch(await page.page.content(), /about:invalid/);
    assert.deepEqual(page.errors, [], 'errors in the page');
  } finally {
    await page.close();
  }
});

test('marked, for a visitor who decided before: each once, those that wait for each other in order', async () => {
  const page = await open(marked.waiting, { query: '?granted=a' });
  try {
    await page.eventually('all to run', (count) => window.ran.length >= count, 5);
    await page.settle();
    const ran = await page.ran();
    assert.deepEqual(ran.toSorted(), rows.waiting.ran.toSorted());
    assert.deepEqual(ran.filter((name) => name < 4), ['1', '2', '3']);
    assert.deepEqual(page.requests().toSorted(), ['/1.js', '/2.js', '/3.js', '/4.js', '/5.js']);
  } finally {
    await page.close();
  }
});

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
