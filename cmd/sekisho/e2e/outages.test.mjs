// What fails, fails closed and quietly: the page works, a denial stays, a grant stays, nothing decided is lost.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blindfold, markup, tags } from './fixtures/tags.mjs';
import { startRedis } from './lib/redis.mjs';
import { makeService, site } from './lib/service.mjs';
import { suite } from './lib/suite.mjs';
import { until } from './lib/until.mjs';
import { pageOf } from './lib/visit.mjs';

const names = ['criteo', 'meta-pixel'];
const pasted = names.map((name) => tags.find((tag) => tag.vendor === name));
const answer = ({ host, path }) => {
  const tag = pasted.find((one) => one.host === host && path.startsWith(one.path));
  return tag && { type: 'text/javascript', body: `window.ran.push(${JSON.stringify(tag.vendor)});` };
};

const { host, service, visitor, keep } = await suite({ answer });
const redis = await keep(startRedis(), 'stop');
const onRedis = await keep(makeService({ store: redis.url }), 'stop');

const page = (from) => pageOf(from, 'shop', { before: blindfold, head: pasted.map(markup).join('\n'), body: '<p id="works"></p><script>document.getElementById("works").textContent = "本文";</script>' });
host.pages['/'] = page(service);
host.pages['/redis'] = page(onRedis);
for (const one of [service, onRedis]) {
  await one.apply(site('shop', [host.origin], names));
  await one.up();
}

const decisions = async (from, id) => {
  const { body } = await from.get(`/v1/sites/shop/visitors/${id}/decisions`);
  return body.decisions ?? body;
};

for (const [action, consent, ran] of [['accept-all', 'granted', ['criteo', 'meta-pixel']], ['reject-all', 'denied', []]]) {
  test(`service down: the page works, what was ${consent} stays so, a decision waits and arrives later`, visitor(`service-down ${action}`, async (visit) => {
    await visit.open(host.origin);
    await visit.choose(action);
    await visit.untilRecorded();
    await service.kill();
    try {
      await visit.page.reload();
      await visit.settle();
      assert.equal(await visit.page.innerText('#works'), '本文');
      assert.deepEqual(visit.errors, []);
      // The script is in the browser's cache, and what was decided is in the page's own storage.
      assert.deepEqual([...new Set(Object.values(await visit.consents()))], [consent]);
      await visit.untilRan(ran);
      assert.deepEqual((await visit.ran()).toSorted(), ran);

      await visit.page.evaluate(() => window.sekisho.save({ criteo: true, 'meta-pixel': false }));
      assert.equal((await visit.queue()).length, 1);
      await visit.untilRan(['criteo']);
    } finally {
      await service.up();
    }
    // Retries wait longer and longer in between; what a browser says when its network is back cuts that short.
    await visit.page.evaluate(() => window.dispatchEvent(new Event('online')));
    await visit.untilRecorded();
    assert.deepEqual(await visit.queue(), []);
    const all = await decisions(service, await visit.visitor());
    assert.deepEqual(all.map((one) => [one.action, one.granted, one.denied]), [
      [action, action === 'accept-all' ? names : [], action === 'accept-all' ? [] : names],
      ['save', ['criteo'], ['meta-pixel']],
    ]);
  }));
}

test('service down and its script not in the cache: the page works, and no held tag gets through', visitor('no-script', async (visit) => {
  await visit.open(host.origin);
  await visit.choose('reject-all');
  await visit.untilRecorded();
  await service.kill();
  try {
    const session = await visit.context.newCDPSession(visit.page);
    await session.send('Network.clearBrowserCache');
    await visit.page.reload();
    await visit.page.waitForLoadState('load');
    assert.equal(await visit.page.innerText('#works'), '本文');
    const cookie = await visit.cookie();
    assert.ok(cookie, 'the denial is still stored');
  } finally {
    await service.up();
  }
  await visit.page.reload();
  await visit.untilHeld(['meta-pixel']);
  assert.deepEqual([...new Set(Object.values(await visit.consents()))], ['denied']);
}));

test('Redis down and back: 503, the decision waits, arrives exactly once', visitor('redis-down', async (visit) => {
  await visit.open(`${host.origin}/redis`);
  await visit.banner().waitFor();
  await redis.kill();
  const refused = [];
  visit.page.on('response', (response) => response.url().endsWith('/decisions') && refused.push(response.status()));
  try {
    await visit.choose('accept-all');
    await visit.untilRan(names);
    await until('the service to say 503', () => refused.includes(503));
    assert.equal((await visit.queue()).length, 1);
    assert.equal((await fetch(`${onRedis.local}/readyz`)).status, 503);
  } finally {
    await redis.up();
  }
  await until('the service to be ready again', async () => (await fetch(`${onRedis.local}/readyz`)).ok);
  await visit.untilRecorded();
  assert.deepEqual(await visit.queue(), []);
  assert.equal((await decisions(onRedis, await visit.visitor())).length, 1);
  const { body } = await onRedis.get(`/v1/sites/shop/visitors/${await visit.visitor()}/vendors/criteo`);
  assert.equal(body.consent, 'granted');
}));

test('an acknowledged decision survives kill -9 of the service (embedded store)', visitor('kill-service', async (visit) => {
  await visit.open(host.origin);
  await visit.choose('accept-all');
  const [recorded] = await visit.untilRecorded();
  await service.kill();
  await service.up();
  const id = await visit.visitor();
  const all = await decisions(service, id);
  assert.deepEqual(all.map((one) => one.id), [recorded.id]);
  assert.equal((await service.get(`/v1/sites/shop/visitors/${id}/vendors/criteo`)).body.consent, 'granted');
}));

test('an acknowledged decision survives kill -9 of Redis', visitor('kill-redis', async (visit) => {
  await visit.open(`${host.origin}/redis`);
  await visit.choose('reject-all');
  const [recorded] = await visit.untilRecorded();
  await redis.kill();
  await redis.up();
  await until('the service to be ready again', async () => (await fetch(`${onRedis.local}/readyz`)).ok);
  assert.deepEqual((await decisions(onRedis, await visit.visitor())).map((one) => one.id), [recorded.id]);
}));
