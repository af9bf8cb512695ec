// What a visitor waits for: nothing moves, the banner's file comes at once and once, and accepting feels instant.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { press, pressWork, slowDown, watchPresses } from '../../../widget/bench/press.mjs';
import { scripts } from './fixtures/tags.mjs';
import { site } from './lib/service.mjs';
import { suite } from './lib/suite.mjs';
import { until } from './lib/until.mjs';
import { pageOf } from './lib/visit.mjs';

const tags = scripts.slice(0, 20).map(({ vendor, host, path }) => ({ vendor, url: `https://${host}${path}` }));
const layouts = {
  bar: { layout: 'bar', position: 'bottom' },
  top: { layout: 'bar', position: 'top' },
  card: { layout: 'card', position: 'right' },
  dialog: { layout: 'dialog', position: 'center' },
};
const screens = {
  desktop: { viewport: { width: 1280, height: 800 } },
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 },
};

const { host, service, visitor } = await suite({
  answer: ({ host }) => (host === 'sentinel.example' ? undefined : { type: 'text/javascript', body: 'window.tagsRun = (window.tagsRun || 0) + 1;' }),
});
const ids = tags.map(({ vendor }) => vendor);
// One language each, and few vendors where it is about the look: the service makes all their files before it is ready.
await service.apply(...Object.entries(layouts).map(([key, theme]) => site(key, [host.origin], key === 'bar' ? ids : ids.slice(0, 5), { theme, languages: ['ja'] })));
await service.up();

const inserted = `<script>${JSON.stringify(tags.map(({ url }) => url))}.forEach(function (url) {
  var tag = document.createElement('script');
  tag.async = true;
  tag.src = url;
  document.head.appendChild(tag);
});</script>`;
const article = `<p id="article">${'本文です。店のこと、品物のこと、作り手のことを書いています。'.repeat(30)}</p>`;
for (const key of Object.keys(layouts)) {
  host.pages[`/${key}`] = pageOf(service, key, { body: `${article}${'<p>段落。</p>'.repeat(60)}` });
  host.pages[`/${key}/tags`] = pageOf(service, key, { body: inserted });
}

/** Put into the page: what has shifted, and whether each new largest paint was the page's own. */
const watch = () => {
  window.shifts = [];
  window.paints = [];
  new PerformanceObserver((list) => window.shifts.push(...list.getEntries().map(({ value }) => value))).observe({ type: 'layout-shift', buffered: true });
  // The browser names no element that lies in a shadow tree.
  new PerformanceObserver((list) => window.paints.push(...list.getEntries().map(({ element, size }) => `${element?.id || element?.localName} ${size}`))).observe({ type: 'largest-contentful-paint', buffered: true });
};
const twoFrames = (page) => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

/** The service's files that a page asks for, with the priority that the browser gave them. */
async function filesOf(visit) {
  const asked = [];
  const protocol = await visit.context.newCDPSession(visit.page);
  protocol.on('Network.requestWillBeSent', ({ request: { url, method, initialPriority: priority } }) => {
    if (url.startsWith(service.url) && method === 'GET') asked.push({ name: url.replace(/.*\//, ''), url, priority });
  });
  await protocol.send('Network.enable');
  return asked;
}
const names = (asked) => asked.map(({ name }) => name).sort();

for (const [key] of Object.entries(layouts))
  for (const [screen, options] of Object.entries(screens)) {
    const name = `${key} on a ${screen}: nothing shifts from the first paint to the decision, and the largest paint is the page’s own`;
    test(name, visitor(name, async (visit) => {
      await visit.page.addInitScript(watch);
      await visit.open(`${host.origin}/${key}`);
      await visit.banner().waitFor();
      await twoFrames(visit.page);
      const paints = await visit.page.evaluate(() => window.paints);
      assert.match(paints.at(-1), /^article /, paints.join(', '));
      await visit.choose('reject-all');
      await visit.action('reopen').or(visit.page.locator('#settings')).first().waitFor();
      await twoFrames(visit.page);
      assert.deepEqual(await visit.page.evaluate(() => window.shifts), []);
      // And the watch is awake.
      await visit.page.evaluate(() => { document.body.style.paddingTop = '200px'; });
      await visit.page.waitForFunction(() => window.shifts.length);
    }, options));
  }

test('the gate asks for the banner’s file at once, while the page is still coming, with high priority', visitor('speed at once', async (visit) => {
  const asked = await filesOf(visit);
  // The parser stands still behind the gate until the file has been asked for.
  host.pages['/own.js'] = async () => {
    await until('the banner’s file to be asked for', () => asked.some(({ name }) => name === 'banner.ja.js'));
    return { body: 'window.ownRan = true', headers: { 'content-type': 'text/javascript' } };
  };
  host.pages['/behind'] = pageOf(service, 'bar', { head: '<script src="/own.js"></script>' });
  await visit.open(`${host.origin}/behind`);
  await visit.banner().waitFor();
  assert.ok(await visit.page.evaluate(() => window.ownRan));
  assert.deepEqual(asked.map(({ name, priority }) => `${name} ${priority}`), ['bar.js High', 'banner.ja.js High']);
}));

test('nothing is asked for twice: two quick openings, the preferences, a choice, and back again', visitor('speed once', async (visit) => {
  const asked = await filesOf(visit);
  await visit.open(`${host.origin}/bar/tags`);
  await visit.page.evaluate(() => { window.sekisho.open(); window.sekisho.open(); });
  await visit.part('[data-vendor]').first().waitFor();
  await visit.action('close').click();
  await visit.choose('accept-all');
  await visit.page.waitForFunction((count) => window.tagsRun === count, tags.length);
  await visit.untilRecorded();
  await visit.page.locator('#settings').click();
  await visit.part('[data-vendor]').first().waitFor();
  assert.deepEqual(names(asked), [...new Set(names(asked))]);
  assert.ok(['bar.js', 'banner.ja.js', 'preferences.ja.js', 'decided.js'].every((name) => names(asked).includes(name)), names(asked).join(', '));
}));

test('a page that preloads the files asks for them no second time', visitor('speed preload', async (visit) => {
  const asked = await filesOf(visit);
  await visit.open(`${host.origin}/bar`);
  await visit.banner().waitFor();
  const [gate, banner] = asked.splice(0);
  host.pages['/preload'] = pageOf(service, 'bar', { before: `<link rel="modulepreload" href="${banner.url}"><link rel="preload" as="script" href="${gate.url}">` });
  await (await visit.page.context().newCDPSession(visit.page)).send('Network.clearBrowserCache');
  await visit.open(`${host.origin}/preload`);
  await visit.banner().waitFor();
  await visit.page.waitForLoadState('load');
  assert.deepEqual(names(asked), names([gate, banner]));
}));

test('who has decided loads the gate’s file alone, where the page has its own way to the preferences', visitor('speed returning', async (visit) => {
  await visit.open(`${host.origin}/bar`);
  await visit.choose('reject-all');
  await visit.untilRecorded();
  const asked = await filesOf(visit);
  await visit.open(`${host.origin}/bar`);
  await visit.settle();
  await visit.page.evaluate(() => new Promise((done) => requestIdleCallback(done)));
  assert.deepEqual(names(asked), ['bar.js']);
}));

// The strict figure, by the clock, is `make bench`'s: here other tests have the processor as well. What they take is not in
// the main thread's own time, and of that the best of some pages counts, since a busy machine only ever adds.
for (const [screen, options] of Object.entries(screens)) {
  const [rounds, wanted] = [5, 60];
  test(`accepting, ${screen}: to the next paint ${wanted} ms at most at a fourth of the speed, 20 tags held`, async (t) => {
    const work = [];
    const clock = [];
    for (let round = 0; round < rounds && !(work.length && Math.min(...work) * 4 <= wanted); round++)
      for (const measure of ['work', 'clock'])
        await visitor(`speed accept ${screen}`, async (visit) => {
          await visit.page.addInitScript(watchPresses);
          await visit.open(`${host.origin}/bar/tags`);
          await visit.banner().waitFor();
          assert.equal(await visit.page.evaluate(() => window[Symbol.for('sekisho')].queue.size), tags.length);
          const touch = { touch: options.hasTouch };
          if (measure === 'work') work.push(await pressWork(visit.page, visit.banner(), touch));
          else {
            await slowDown(visit.page, 4);
            clock.push((await press(visit.page, visit.banner(), touch)).duration);
          }
          await visit.page.waitForFunction((count) => window.tagsRun === count, tags.length);
        }, options)(t);
    t.diagnostic(`the main thread’s own time: ${work.map((one) => one.toFixed(1)).join(', ')} ms; by the clock, 4 × slower: ${clock.join(', ')} ms`);
    assert.ok(Math.min(...work) * 4 <= wanted, `4 × ${Math.min(...work)} ms`);
  });
}
