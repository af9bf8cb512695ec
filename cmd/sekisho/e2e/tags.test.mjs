// The main job, on real input: the tags of all vendors that the five policies name, on one page of a site on another
// origin than the service.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blindfold, markup, scripts, tags, vendorOf, vendors } from './fixtures/tags.mjs';
import { site } from './lib/service.mjs';
import { suite } from './lib/suite.mjs';
import { until } from './lib/until.mjs';
import { pageOf } from './lib/visit.mjs';

/** A vendor's script says that it ran, and leaves behind what the snippet calls afterwards. */
function answer(request) {
  const vendor = vendorOf(request);
  if (!vendor) return undefined;
  if (tags.find((tag) => tag.vendor === vendor).kind === 'iframe') return { type: 'text/html', body: '<!doctype html><title>video</title>' };
  if (tags.find((tag) => tag.vendor === vendor).kind === 'img') return undefined;
  return {
    type: 'text/javascript',
    body: `window.ran.push(${JSON.stringify(vendor)}); window.Munchkin ||= { init() {} }; window.Rtoaster ||= { init() {}, track() {} };`,
  };
}

const { recorder, host, service, visitor } = await suite({ answer });

const head = scripts.map(markup).join('\n');
const body = tags.filter((tag) => !scripts.includes(tag)).map(markup).join('\n');
host.pages['/'] = pageOf(service, 'shop', { before: blindfold, head, body });
host.pages['/plain'] = pageOf(service, 'shop', { head, body });
host.pages['/wrapped'] = pageOf(service, 'shop', {
  head: scripts.map((tag) => (tag.form === 'static' ? markup({ ...tag, form: 'together' }) : markup(tag))).join('\n'),
  body,
});
await service.apply(site('shop', [host.origin], vendors));
await service.up();

const inOrder = scripts.map((tag) => tag.vendor);
/** Scripts that were never async run in document order whatever the network does; of async ones only the start is. */
const waiting = scripts.filter((tag) => ['satori', 'rtoaster', 'ad-ebis'].includes(tag.vendor)).map((tag) => tag.vendor);
/** Let go in document order; each ran once; those that wait for each other ran in order. */
async function releasedInOrder(visit) {
  const released = (await visit.seen('released')).filter((tag) => inOrder.includes(tag.vendor)).map((tag) => tag.vendor);
  assert.deepEqual([...new Set(released)], inOrder);
  const ran = await visit.ran();
  assert.deepEqual(ran.toSorted(), inOrder.toSorted());
  assert.deepEqual(ran.filter((vendor) => waiting.includes(vendor)), waiting);
}

/** What waits in a template is no tag of the page yet. */
const dynamic = scripts.filter((tag) => tag.form === 'dynamic').map((tag) => tag.vendor);
const reachedVendors = () => [...new Set(recorder.requests.map((request) => vendorOf(request) ?? request.host))].filter((one) => one !== 'sentinel.example');

for (const [path, way] of [['/', 'the line against fetching ahead'], ['/wrapped', 'static tags in templates']]) {
  test(`no request to any vendor before consent (${way})`, visitor(`before-consent ${path}`, async (visit) => {
    await visit.open(host.origin + path);
    await visit.banner().waitFor();
    await visit.untilHeld(dynamic);
    await visit.settle();
    assert.deepEqual(visit.reached(), []);
    assert.deepEqual(await visit.ran(), []);
    assert.deepEqual([...new Set(Object.values(await visit.consents()))], ['unasked']);
    assert.deepEqual(await visit.cookie(), undefined, 'a visitor has no number before the first decision');
    assert.deepEqual(visit.errors, []);
  }));

  test(`accept: each tag runs once, in document order (${way})`, visitor(`accept ${path}`, async (visit) => {
    await visit.open(host.origin + path);
    await visit.page.waitForLoadState('load');
    await visit.choose('accept-all');
    await visit.untilRan(inOrder);
    await until('the video and the picture', () => ['youtube-embed', 'ferret-one'].every((one) => reachedVendors().includes(one)));
    await visit.settle();
    await releasedInOrder(visit);
    assert.deepEqual(reachedVendors().sort(), [...vendors].sort());
    assert.deepEqual(visit.errors, []);
    const [receipt] = await visit.untilRecorded();
    assert.equal(receipt.site, 'shop');

    await visit.page.reload();
    await visit.untilRan(inOrder);
    await visit.settle();
    assert.deepEqual((await visit.ran()).toSorted(), inOrder.toSorted(), 'on the next page they run without asking');
    assert.equal(await visit.banner().count(), 0);
  }));
}

test('only the tag: nothing runs before consent, and what is inserted by script is not even fetched', visitor('plain', async (visit) => {
  await visit.open(`${host.origin}/plain`);
  await visit.banner().waitFor();
  await visit.untilHeld(dynamic);
  await visit.settle();
  assert.deepEqual(await visit.ran(), []);
  const fetched = reachedVendors();
  const allowed = scripts.filter((tag) => tag.form === 'static').map((tag) => tag.vendor);
  assert.deepEqual(fetched.filter((vendor) => !allowed.includes(vendor)), []);
  await visit.choose('accept-all');
  await visit.untilRan(inOrder);
  await visit.settle();
  await releasedInOrder(visit);
}));

test('reject: nothing, also after a reload', visitor('reject', async (visit) => {
  await visit.open(host.origin);
  await visit.choose('reject-all');
  await visit.untilRecorded();
  await visit.settle();
  assert.deepEqual(visit.reached(), []);
  assert.deepEqual([...new Set(Object.values(await visit.consents()))], ['denied']);

  await visit.page.reload();
  await visit.untilHeld(dynamic);
  await visit.settle();
  assert.deepEqual(visit.reached(), []);
  assert.deepEqual(await visit.ran(), []);
  assert.equal(await visit.banner().count(), 0, 'who has decided is not asked again');
  assert.deepEqual(visit.errors, []);
}));

test('one vendor: just that one', visitor('one-vendor', async (visit) => {
  await visit.open(host.origin);
  await visit.banner().waitFor();
  await visit.action('preferences').click();
  const criteo = visit.part('[data-vendor="criteo"]');
  await criteo.waitFor({ state: 'attached' });
  await visit.page.evaluate(() => {
    // A vendor's switch may stand in a part that is folded away: unfold all.
    for (const part of document.querySelector('#sekisho').shadowRoot.querySelectorAll('details')) part.open = true;
  });
  for (const one of await visit.part('[role="switch"][data-vendor][aria-checked="true"]').all()) await one.click();
  await criteo.click();
  assert.equal(await criteo.getAttribute('aria-checked'), 'true');
  await visit.action('save').click();
  await visit.untilRan(['criteo']);
  await visit.untilRecorded();
  await visit.settle();
  assert.deepEqual(await visit.ran(), ['criteo']);
  assert.deepEqual([...new Set(visit.reached().map((request) => request.host))], ['dynamic.criteo.com']);
  const { body } = await service.get(`/v1/sites/shop/visitors/${await visit.visitor()}/vendors/criteo`);
  assert.equal(body.consent, 'granted');

  await visit.page.reload();
  await visit.untilRan(['criteo']);
  await visit.settle();
  assert.deepEqual(await visit.ran(), ['criteo']);
  assert.deepEqual([...new Set(visit.reached().map((request) => request.host))], ['dynamic.criteo.com']);
}));

test('withdraw: after the next load nothing', visitor('withdraw', async (visit) => {
  await visit.open(host.origin);
  await visit.choose('accept-all');
  await visit.untilRan(inOrder);
  await visit.untilRecorded(1);
  await visit.page.evaluate(() => window.sekisho.withdraw());
  await visit.untilRecorded(2);
  await visit.settle();
  recorder.reset();
  await visit.page.reload();
  await visit.untilHeld(dynamic);
  await visit.settle();
  assert.deepEqual(visit.reached(), []);
  assert.deepEqual(await visit.ran(), []);
  const { body } = await service.get(`/v1/sites/shop/visitors/${await visit.visitor()}/decisions`);
  assert.deepEqual((body.decisions ?? body).map((decision) => decision.action), ['accept-all', 'withdraw']);
}));

test('a visitor who has decided loads one script of the service before the page has loaded', visitor('returning', async (visit) => {
  await visit.open(host.origin);
  await visit.choose('reject-all');
  await visit.untilRecorded();
  const asked = [];
  visit.page.on('request', (request) => request.url().startsWith(service.url) && asked.push(request.url()));
  let before;
  visit.page.on('load', () => (before ??= [...asked]));
  await visit.page.reload();
  await visit.settle();
  await until('the load event', () => before);
  // What says whose the denied video is comes from the browser's own cache.
  assert.deepEqual(before.filter((url) => !url.endsWith('/embeds.ja.js')), [`${service.url}/s/shop.js`]);
}));
