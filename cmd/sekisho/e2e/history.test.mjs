// Pages that come back as they were left: from the back-forward cache, with what happened meanwhile.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { shop } from './gate/ways.mjs';
import { launch } from './lib/launch.mjs';
import { suite } from './lib/suite.mjs';
import { until } from './lib/until.mjs';
import { pageOf, Visit } from './lib/visit.mjs';

const { host, service, recorder } = await suite();
// Playwright switches the cache off.
const browser = await launch(recorder, [], { ignoreDefaultArgs: ['--disable-back-forward-cache'] });
after(() => browser.close());
const restored = '<script>addEventListener("pageshow", function (e) { window.restored = e.persisted })</script>';
for (const path of ['/one', '/two']) host.pages[path] = () => ({ headers: { 'cache-control': 'max-age=60' }, body: pageOf(service, 'shop', { head: restored }) });
await service.apply(shop('shop', [host.origin]));
await service.up();

/** What happens on one page, then on the next, then when the visitor goes back to the first. */
const between = (name, first, second, back) =>
  test(name, async () => {
    const context = await browser.newContext();
    context.setDefaultTimeout(15_000);
    const visit = new Visit(context, await context.newPage(), recorder);
    try {
      await visit.open(`${host.origin}/one`);
      await visit.banner().waitFor();
      await first(visit);
      await visit.open(`${host.origin}/two`);
      await second(visit);
      await visit.page.goBack({ waitUntil: 'commit' });
      await until('the page out of the cache', () => visit.page.evaluate(() => location.pathname === '/one' && window.restored));
      await back(visit);
      assert.deepEqual(visit.errors, []);
    } finally {
      await context.close();
    }
  });
const decide = async (visit, action) => {
  await visit.choose(action);
  await visit.untilRecorded();
};
const kept = async (visit) => [await visit.cookie(), await visit.page.evaluate(() => localStorage.getItem('sekisho'))];

between('a choice on the next page shows on the one before', async () => {}, (visit) => decide(visit, 'accept-all'), async (visit) => {
  await visit.banner().waitFor({ state: 'detached' });
  assert.deepEqual(await visit.consents(), { a: 'granted', b: 'granted', c: 'granted' });
});

between('what was erased meanwhile is not written back', (visit) => decide(visit, 'accept-all'), async (visit) => {
  await visit.page.locator('#settings').click();
  await visit.action('record').click();
  await visit.action('erase').click();
  const loaded = visit.page.waitForEvent('load');
  await visit.action('erase-confirm').click();
  await loaded;
  await visit.banner().waitFor();
}, async (visit) => {
  await visit.banner().waitFor();
  assert.deepEqual(await visit.consents(), { a: 'unasked', b: 'unasked', c: 'unasked' });
  assert.deepEqual(await kept(visit), [undefined, null]);
});

between('after a withdrawal the page can still be kept', async (visit) => {
  await decide(visit, 'accept-all');
  await visit.page.evaluate(() => window.sekisho.withdraw());
  await visit.untilRecorded(2);
}, async () => {}, async (visit) => {
  assert.deepEqual(await visit.consents(), { a: 'denied', b: 'denied', c: 'denied' });
});
