// A new vendor is published: visitors are asked about that one alone.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blindfold, markup, tags } from './fixtures/tags.mjs';
import { startRedis } from './lib/redis.mjs';
import { site } from './lib/service.mjs';
import { suite } from './lib/suite.mjs';
import { until } from './lib/until.mjs';
import { pageOf, Visit } from './lib/visit.mjs';

const names = ['criteo', 'meta-pixel', 'microsoft-clarity', 'line-tag'];
const pasted = names.map((name) => tags.find((tag) => tag.vendor === name));
const answer = ({ host, path }) => {
  const tag = pasted.find((one) => one.host === host && path.startsWith(one.path));
  return tag && { type: 'text/javascript', body: `window.ran.push(${JSON.stringify(tag.vendor)});` };
};

const redis = await startRedis();
const { recorder, host, service, visitor, keep } = await suite({ answer, service: { store: redis.url } });
await keep(redis, 'stop');
host.pages['/'] = pageOf(service, 'shop', { before: blindfold, head: pasted.map(markup).join('\n') });

const old = names.slice(0, 3);
await service.apply(site('shop', [host.origin], old));
await service.up();

/** The script of the live revision, past the browser's own cache. */
const live = async (revision) => until(`revision ${revision} to be served`, async () =>
  (await (await fetch(`${service.local}/s/shop.js`)).text()).includes('line-tag') === (revision === 2));

test('asked alone, other choices untouched, no request from it before', visitor('new-vendor', async (visit) => {
  await live(1);
  await visit.open(host.origin);
  await visit.banner().waitFor();
  await visit.page.evaluate(() => window.sekisho.save({ criteo: true, 'meta-pixel': false, 'microsoft-clarity': true }));
  await visit.banner().waitFor({ state: 'detached' });
  await visit.untilRan(['criteo', 'microsoft-clarity']);
  await visit.untilRecorded();

  await service.apply(site('shop', [host.origin], names));
  await live(2);
  recorder.reset();
  // Browsers may use the script that they have for five minutes; this visitor comes later.
  const session = await visit.context.newCDPSession(visit.page);
  await session.send('Network.clearBrowserCache');
  await visit.page.reload();
  await visit.banner().waitFor();
  await visit.untilRan(['criteo', 'microsoft-clarity']);
  await visit.untilHeld(['meta-pixel', 'line-tag']);
  await visit.settle();
  assert.deepEqual(await visit.consents(), { criteo: 'granted', 'meta-pixel': 'denied', 'microsoft-clarity': 'granted', 'line-tag': 'unasked' });
  assert.deepEqual(visit.reached().map((request) => request.host).toSorted(), ['dynamic.criteo.com', 'www.clarity.ms']);
  const banners = await visit.seen('banner');
  assert.deepEqual(banners.at(-1).vendors, ['line-tag']);
  assert.match(await visit.part('[part~="banner"]').innerText(), /LINE/);

  await visit.choose('reject-all');
  const [recorded] = await visit.untilRecorded();
  assert.equal(recorded.revision, 2);
  assert.deepEqual(await visit.consents(), { criteo: 'granted', 'meta-pixel': 'denied', 'microsoft-clarity': 'granted', 'line-tag': 'denied' });
  const visitorPath = `/v1/sites/shop/visitors/${await visit.visitor()}`;
  const { body } = await service.get(`${visitorPath}/decisions`);
  const last = (body.decisions ?? body).at(-1);
  assert.deepEqual([last.granted, last.denied], [[], ['line-tag']], 'the decision names the one that was asked about');
  for (const [vendor, consent] of Object.entries(await visit.consents())) {
    assert.equal((await service.get(`${visitorPath}/vendors/${vendor}`)).body.consent, consent, vendor);
  }
}));

test('a tab from before the publication leaves standing what another has answered about the new vendor', visitor('old-tab', async (visit) => {
  await service.apply(site('shop', [host.origin], old));
  await live(1);
  await visit.open(host.origin);
  await visit.choose('accept-all');
  const [{ revision }] = await visit.untilRecorded();

  await service.apply(site('shop', [host.origin], names));
  await live(2);
  const newer = new Visit(visit.context, await visit.context.newPage(), recorder);
  await (await visit.context.newCDPSession(newer.page)).send('Network.clearBrowserCache');
  await newer.open(host.origin);
  await newer.choose('reject-all');
  const visitorPath = `/v1/sites/shop/visitors/${await visit.visitor()}`;
  const recorded = (action) => until(`${action} to be recorded`, async () =>
    (await service.get(`${visitorPath}/decisions`)).body.decisions.find((decision) => decision.action === action));
  assert.equal((await recorded('reject-all')).revision, revision + 1);

  await visit.page.evaluate(() => window.sekisho.save({ criteo: false }));
  assert.equal((await recorded('save')).revision, revision, 'the page says what it has shown');
  const answers = { criteo: 'denied', 'meta-pixel': 'granted', 'microsoft-clarity': 'granted', 'line-tag': 'denied' };
  await until('the other tab to hear', async () => (await newer.consents()).criteo === 'denied');
  assert.deepEqual(await newer.consents(), answers);
  recorder.reset();
  await newer.page.reload();
  await newer.untilHeld(['criteo', 'line-tag']);
  await newer.settle();
  assert.deepEqual(await newer.consents(), answers);
  assert.equal(await newer.banner().count(), 0, 'nobody is asked again');
  for (const [vendor, consent] of Object.entries(answers)) {
    assert.equal((await service.get(`${visitorPath}/vendors/${vendor}`)).body.consent, consent, vendor);
  }
}));
