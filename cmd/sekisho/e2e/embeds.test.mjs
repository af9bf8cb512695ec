// Placeholders of held videos, maps and posts: nothing is sent before, and then what the visitor asked for.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { site } from './lib/service.mjs';
import { suite } from './lib/suite.mjs';
import { until } from './lib/until.mjs';
import { pageOf } from './lib/visit.mjs';

const axe = readFileSync(new URL('../../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const VIDEO = 'https://www.youtube.com/embed/';
const MAP = 'https://www.google.com/maps/embed?pb=';

/** Frames hold a button, so that it can be seen whether the focus came in; X's script puts a frame in place of a quote. */
const { host, service, visitor } = await suite({
  answer: ({ host, path }) =>
    host === 'platform.twitter.com' && path.startsWith('/widgets.js')
      ? { type: 'text/javascript', body: `for (const quote of document.querySelectorAll('blockquote.twitter-tweet')) {
          const frame = document.createElement('iframe'); frame.src = 'https://platform.twitter.com/embed/Tweet.html'; quote.replaceWith(frame); } ran.push('x-embed');` }
      : /embed|maps/.test(path) ? { type: 'text/html', body: `<!doctype html><title>${path}</title><button>play</button>` } : undefined,
});

const frame = (src, more = 'width="560" height="315"') => `<iframe src="${src}" title="題名" ${more}></iframe>`;
const inert = (vendor, src, more = 'width="560" height="315"') => `<iframe data-vendor="${vendor}" data-src="${src}" title="題名" ${more}></iframe>`;
const post = `<blockquote class="twitter-tweet"><p>読める言葉</p>— 例 (@example) <a href="https://x.com/example/status/1">2026年11月1日</a></blockquote>`;
const postScript = '<script async type="text/plain" data-vendor="x-embed" src="https://platform.twitter.com/widgets.js"></script>';
/** Adds a frame as page code does. */
const insert = (src, id = '') => `(function (f) { f.width = 560; f.height = 315; f.id = '${id}'; f.src = '${src}'; document.body.append(f) })(document.createElement('iframe'));`;
/** Sums up the layout shifts of the page from its first moment on. */
const shifts = `<script>window.shift = 0; new PerformanceObserver(function (list) { list.getEntries().forEach(function (e) { shift += e.value }) }).observe({ type: 'layout-shift', buffered: true });</script>`;

const PAGES = {
  '/': inert('youtube-embed', VIDEO + 'one') + '<p>本文</p>' + inert('google-maps', MAP + 'one') + inert('youtube-embed', VIDEO + 'two'),
  '/dynamic': `<script>${insert(VIDEO + 'one', 'one')}${insert(MAP + 'one')}</script>`,
  '/static': frame(VIDEO + 'one') + frame(MAP + 'one'),
  '/template': `<template data-vendor="youtube-embed">${frame(VIDEO + 'one')}</template><p>本文</p>`,
  '/post': post + postScript + '<p>本文</p>',
};
for (const [path, body] of Object.entries(PAGES)) host.pages[path] = pageOf(service, 'shop', { head: shifts, body });
const vendors = ['youtube-embed', 'google-maps', 'x-embed', 'criteo'];
await service.apply(site('shop', [host.origin], vendors), site('policy', [host.origin], vendors, { policy: true }), site('paused', [host.origin], vendors, { paused: true }));
await service.up();

const placeholders = (visit) => visit.page.locator('sekisho-embed');
const press = (visit, action, nth = 0) => visit.page.locator(`sekisho-embed [data-action="${action}"]`).nth(nth).click();
const untilShown = (visit, count) => until(`${count} placeholders`, async () => (await placeholders(visit).count()) === count);
const asked = (visit) => visit.reached().map(({ host, path }) => host + path);

/** The banner is out of the way. */
async function arrive(visit, path = '/') {
  await visit.open(host.origin + path);
  await visit.banner().waitFor();
}

for (const [path, count] of Object.entries({ '/': 3, '/dynamic': 2, '/template': 1, '/post': 1 }))
  test(`nothing is asked for before somebody wants it: ${path}`, visitor(`embeds-before ${path}`, async (visit) => {
    await arrive(visit, path);
    await untilShown(visit, count);
    await visit.settle();
    assert.deepEqual(asked(visit), []);
    assert.deepEqual(visit.errors, []);
  }));

test('a static frame is stopped, and has its placeholder', visitor('embeds-static', async (visit) => {
  await arrive(visit, '/static');
  await untilShown(visit, 2);
  await visit.settle();
  // The parser may have been ahead of the gate, but no frame shows anything.
  assert.deepEqual(visit.page.frames().slice(1).map((one) => one.url()).filter((url) => url.startsWith('http')), []);
}));

for (const [path, url, rest] of [['/', 'www.youtube.com/embed/one', 2], ['/dynamic', 'www.youtube.com/embed/one', 1], ['/static', 'www.youtube.com/embed/one', 1], ['/template', 'www.youtube.com/embed/one', 0]])
  test(`shown once: this one, one time, and held again on the next page: ${path}`, visitor(`embeds-once ${path}`, async (visit) => {
    await arrive(visit, path);
    await untilShown(visit, rest + 1);
    visit.recorder.reset();
    await visit.page.evaluate(() => (window.before = [document.querySelector('iframe'), history.length]));
    await press(visit, 'load-once');
    await until('the video', () => asked(visit).includes(url));
    await untilShown(visit, rest);
    await visit.settle();
    // Looked at again: by the gate, after a decision about somebody else, and when the page comes back.
    await visit.page.evaluate(() => sekisho.save({ criteo: true }));
    await visit.page.evaluate(() => { window[Symbol.for('sekisho')].update(); document.body.append('…'); dispatchEvent(new Event('pageshow')); });
    await visit.settle();
    assert.deepEqual(asked(visit), [url]);
    assert.equal(await placeholders(visit).count(), rest);
    if (path !== '/template') assert.ok(await visit.page.evaluate(() => window.before[0] === document.querySelector('iframe') && window.before[1] === history.length), 'the page finds its own frame');
    assert.equal((await visit.consents())['youtube-embed'], 'unasked');
    assert.deepEqual(visit.errors, []);

    visit.recorder.reset();
    await visit.page.reload();
    await untilShown(visit, rest + 1);
    await visit.settle();
    assert.deepEqual(path === '/static' ? [] : asked(visit), []);
  }));

test('always: all of the vendor, as a decision that the service keeps', visitor('embeds-always', async (visit) => {
  await arrive(visit);
  await untilShown(visit, 3);
  await press(visit, 'always-allow');
  await until('both videos', () => asked(visit).length === 2);
  await untilShown(visit, 1);
  assert.deepEqual(asked(visit).sort(), ['www.youtube.com/embed/one', 'www.youtube.com/embed/two']);
  await visit.untilRecorded();
  const { body } = await service.get(`/v1/sites/shop/visitors/${await visit.visitor()}/decisions`);
  const [{ action, granted, denied, layer }] = body.decisions ?? body;
  assert.deepEqual({ action, granted, denied, layer }, { action: 'save', granted: ['youtube-embed'], denied: [], layer: 0 });
  visit.recorder.reset();
  await visit.page.reload();
  await until('both videos again', () => asked(visit).length === 2);
  await untilShown(visit, 1);
}));

test('a grant in the banner: they go as the embeds come', visitor('embeds-grant', async (visit) => {
  await arrive(visit);
  await untilShown(visit, 3);
  await visit.choose('accept-all');
  await untilShown(visit, 0);
  await until('all of them', () => asked(visit).length === 3);
  assert.equal(await visit.page.locator('iframe').count(), 3);
}));

test('who has denied sees placeholders, and what was shown once stays', visitor('embeds-denied', async (visit) => {
  await arrive(visit);
  await visit.choose('reject-all');
  await visit.page.reload();
  await untilShown(visit, 3);
  assert.deepEqual(asked(visit), []);
  await press(visit, 'load-once');
  await untilShown(visit, 2);
  await until('the video', () => asked(visit).length === 1);
  await visit.page.evaluate(() => sekisho.rejectAll());
  await visit.settle();
  assert.ok(visit.page.frames().some((one) => one.url().startsWith(VIDEO)));
  assert.equal(await placeholders(visit).count(), 2);
}));

test('a post: its words stay readable, and its script runs for this page alone', visitor('embeds-post', async (visit) => {
  await arrive(visit, '/post');
  await untilShown(visit, 1);
  assert.ok(await visit.page.getByText('読める言葉').isVisible());
  const [words, strip] = await Promise.all([visit.page.getByText('2026年11月1日'), placeholders(visit)].map((one) => one.boundingBox()));
  assert.ok(words.y + words.height <= strip.y + 1, 'covered');
  await press(visit, 'load-once');
  await visit.untilRan(['x-embed']);
  await untilShown(visit, 0);
  await until('the post', () => asked(visit).includes('platform.twitter.com/embed/Tweet.html'));
  assert.equal((await visit.consents())['x-embed'], 'unasked');
  // Until its visitor decides about it.
  await visit.page.evaluate(() => sekisho.rejectAll());
  visit.recorder.reset();
  await visit.page.evaluate(insert('https://platform.twitter.com/embed/Tweet.html?2'));
  await untilShown(visit, 1);
  await visit.settle();
  assert.deepEqual(asked(visit), []);
  await visit.page.reload();
  await untilShown(visit, 1);
  await visit.settle();
  assert.deepEqual(asked(visit), []);
}));

test('a post keeps no room for a placeholder that cannot be had; the next occasion tries again', visitor('embeds-away', async (visit) => {
  let asked = 0;
  await visit.context.route('**/embeds.*.js*', (route) => (asked++, route.abort()));
  await arrive(visit, '/post');
  const room = () => visit.page.evaluate(() => getComputedStyle(document.querySelector('blockquote')).paddingBottom);
  await until('the file to be asked for', () => asked > 0);
  await until('the room to go', async () => (await room()) !== '152px');
  await visit.context.unroute('**/embeds.*.js*');
  await visit.page.evaluate(() => { const s = document.createElement('script'); s.src = 'https://platform.twitter.com/widgets.js?2'; document.body.append(s); });
  await untilShown(visit, 1);
  assert.equal(await room(), '152px');
}));

test('comes and goes with its frame', visitor('embeds-spa', async (visit) => {
  await arrive(visit, '/dynamic');
  await untilShown(visit, 2);
  await visit.page.evaluate(() => document.getElementById('one').remove());
  await untilShown(visit, 1);
  await visit.page.evaluate(insert(VIDEO + 'later', 'later'));
  await untilShown(visit, 2);
  // Moved, it moves along; given an address of the site's own, it is a frame like any other.
  const over = () => visit.page.evaluate(() => {
    const [a, b] = [document.getElementById('later'), document.getElementById('later').nextElementSibling].map((el) => JSON.stringify(el.getBoundingClientRect()));
    return a === b;
  });
  await visit.page.evaluate(() => document.body.prepend(document.getElementById('later')));
  await until('the placeholder to move', over);
  await visit.page.evaluate(() => { document.getElementById('later').style.cssText = 'width: 50vw; margin: 30px'; });
  await until('the placeholder to fit', over);
  await visit.page.evaluate(() => document.getElementById('first').before(document.createElement('hr')));
  await until('the placeholder to follow', over);
  await visit.page.evaluate(() => { document.getElementById('later').src = '/sentinel'; });
  await untilShown(visit, 1);
  await visit.settle();
  assert.deepEqual(asked(visit), []);
}));

const SMALL = 'style="border:0" width="200" height="100"';
host.pages['/sizes'] = pageOf(service, 'shop', { head: shifts, body: `
  ${['width="0" height="0"', 'width="1" height="1"', 'hidden', 'style="display:none"'].map((more) => frame(VIDEO + 'no', more)).join('')}
  <div style="visibility:hidden">${frame(VIDEO + 'veiled', 'id="veiled"')}</div>
  ${frame(VIDEO + 'small', SMALL)}${frame(VIDEO + 'low', 'width="120" height="40"')}
  <div style="position:relative;height:0;padding-bottom:40%;overflow:hidden"><iframe style="position:absolute;inset:0;width:100%;height:100%;z-index:3" src="${VIDEO}ratio"></iframe></div>
  <object width="400" height="300" data="${VIDEO}object"></object><embed width="400" height="300" src="${VIDEO}embed">` });
test('sized like the embed; what has no size has none', visitor('embeds-sizes', async (visit) => {
  await arrive(visit, '/sizes');
  await untilShown(visit, 10);
  const boxes = await visit.page.evaluate(() => [...document.querySelectorAll('sekisho-embed')].map((el) => {
    const [box, own] = [el.previousElementSibling, el].map((one) => { const { x, y, width, height } = one.getBoundingClientRect(); return [x, y, width, height].map(Math.round).join(); });
    return { box, own, seen: el.checkVisibility({ visibilityProperty: true }) };
  }));
  for (const { box, own, seen } of boxes) if (seen) assert.equal(own, box);
  assert.deepEqual(boxes.map(({ seen }) => seen), [false, false, false, false, false, true, true, true, true, true]);
  for (const nth of [5, 6]) {
    const [button, small] = await Promise.all([visit.page.locator('sekisho-embed [data-action="load-once"]'), placeholders(visit)].map((all) => all.nth(nth).boundingBox()));
    assert.ok(button.height >= 24 && button.width >= 24 && button.y + button.height <= small.y + small.height, 'the first button is in sight');
  }
  // All that the parser has fetched ahead of the gate is there by now.
  await visit.settle();
  visit.recorder.reset();
  for (const left of [9, 8, 7, 6, 5]) {
    await press(visit, 'load-once', 5);
    await untilShown(visit, left);
  }
  const wanted = ['embed', 'low', 'object', 'ratio', 'small'].map((name) => `www.youtube.com/embed/${name}`);
  await until('each once', () => { assert.deepEqual(asked(visit).sort(), wanted); return true; });
}));

host.pages['/shifts'] = pageOf(service, 'shop', { head: shifts, body: PAGES['/'] + PAGES['/template'] + PAGES['/post'] +
  '<style>.stack > * { display: block } .stack > * + * { margin-top: 40px } .stack > :last-child { margin-bottom: 0 } .grid { display: grid; gap: 20px }</style>' +
  `<div class="stack">${inert('youtube-embed', VIDEO + 'a', '')}<p>a</p>${inert('google-maps', MAP + 'b', '')}</div><div class="grid">${inert('youtube-embed', VIDEO + 'c', '')}<p>c</p></div><p>end</p>` });
for (const width of [1280, 390])
  test(`nothing moves when a placeholder comes, nor when its embed does: ${width}`, visitor(`embeds-shift ${width}`, async (visit) => {
    await visit.page.setViewportSize({ width, height: 2600 });
    await arrive(visit, '/shifts');
    await untilShown(visit, 8);
    await visit.settle();
    assert.equal(await visit.page.evaluate('shift'), 0);
    // Chromium leaves shifts out of the sum that follow a press; a call is none.
    await visit.page.evaluate(() => document.querySelector('sekisho-embed').shadowRoot.querySelector('[data-action="load-once"]').click());
    await visit.page.evaluate(() => sekisho.save({ 'youtube-embed': true, 'google-maps': true }));
    await untilShown(visit, 1);
    await visit.settle();
    assert.equal(await visit.page.evaluate('shift'), 0);
  }));

test('page code that sets an address again, moves a frame or clones it gets no further', visitor('embeds-page-code', async (visit) => {
  await arrive(visit, '/dynamic');
  await untilShown(visit, 2);
  await press(visit, 'load-once');
  await until('the video', () => asked(visit).length === 1);
  await untilShown(visit, 1);
  visit.recorder.reset();
  // What was shown once may be moved, which loads it anew; another video in the same frame is another embed.
  await visit.page.evaluate(() => document.body.prepend(document.getElementById('one')));
  await until('the video anew', () => asked(visit).length === 1);
  await visit.page.evaluate((url) => { document.getElementById('one').src = url; }, VIDEO + 'other');
  await untilShown(visit, 2);
  await visit.page.evaluate(() => document.body.append(document.getElementById('one').cloneNode()));
  await untilShown(visit, 3);
  await visit.settle();
  assert.deepEqual(asked(visit), ['www.youtube.com/embed/one']);
  await visit.page.evaluate((html) => document.body.insertAdjacentHTML('beforeend', html), PAGES['/template']);
  await untilShown(visit, 4);
  await visit.page.evaluate(() => document.querySelector('template').remove());
  await untilShown(visit, 3);
  assert.equal(await visit.page.evaluate(() => [...document.querySelectorAll('iframe')].filter((one) => one.inert).length), 0, 'a twin is left');
}));

test('where pages carry a policy, there is no once: the browser would refuse it', visitor('embeds-policy', async (visit) => {
  host.pages['/policy'] = pageOf(service, 'policy', { body: PAGES['/'] });
  await arrive(visit, '/policy');
  await untilShown(visit, 3);
  assert.equal(await visit.page.locator('sekisho-embed [data-action="load-once"]').count(), 0);
  assert.equal(await visit.page.locator('sekisho-embed [data-action="always-allow"]').count(), 3);
}));

test('paused: held, and nothing is shown', visitor('embeds-paused', async (visit) => {
  host.pages['/paused'] = pageOf(service, 'paused', { body: PAGES['/'] });
  await visit.open(`${host.origin}/paused`);
  await visit.untilHeld(['youtube-embed', 'google-maps']);
  await visit.settle();
  assert.equal(await placeholders(visit).count(), 0);
  assert.deepEqual(asked(visit), []);
}));

/** What has the focus, looking into the shadow root and into frames. */
const focused = (visit) => visit.page.evaluate(() => {
  const inner = document.activeElement.shadowRoot?.activeElement;
  return inner ? inner.dataset.action ?? inner.localName : document.activeElement.localName + (document.activeElement.hasAttribute('src') ? ' loaded' : '');
});
test('by keyboard: through the placeholder, and on into the video', visitor('embeds-keyboard', async (visit) => {
  await arrive(visit);
  await visit.choose('reject-all');
  await untilShown(visit, 3);
  await visit.page.focus('#settings');
  const walk = [];
  for (let i = 0; i < 4; i++) {
    await visit.page.keyboard.press('Tab');
    walk.push(await focused(visit));
  }
  assert.deepEqual(walk, ['load-once', 'always-allow', 'a', 'load-once']);
  for (let i = 0; i < 3; i++) await visit.page.keyboard.press('Shift+Tab');
  const outline = await visit.page.evaluate(() => getComputedStyle(document.activeElement.shadowRoot.activeElement).outlineWidth);
  assert.ok(parseFloat(outline) >= 2, outline);
  await visit.page.keyboard.press('Enter');
  await until('the focus to be in the video', async () => (await focused(visit)) === 'iframe loaded');
  await untilShown(visit, 2);
  const video = () => visit.page.frames().find((one) => one.url().startsWith(VIDEO));
  await until('the video', () => video().waitForLoadState('load').then(() => true));
  await visit.page.keyboard.press('Tab');
  assert.equal(await video().evaluate(() => document.activeElement.localName), 'button');
  await visit.page.keyboard.press('Tab');
  assert.equal(await focused(visit), 'load-once');
  await visit.page.keyboard.press('Tab');
  await visit.page.keyboard.press('Space');
  await until('the focus to be in the map', async () => (await focused(visit)) === 'iframe loaded');
  await until('the map', () => asked(visit).some((url) => url.includes('/maps/embed')));
}));

for (const [lang, colorScheme, width] of [['ja', 'light', 390], ['ja', 'dark', 1280], ['en', 'light', 1280], ['en', 'dark', 390]])
  test(`axe finds nothing: ${lang}, ${colorScheme}, ${width}`, visitor(`embeds-axe ${lang} ${colorScheme}`, async (visit) => {
    host.pages['/axe'] = pageOf(service, 'shop', { lang, head: '<style>iframe { max-width: 100% }</style>', body: `<main>${PAGES['/']}${PAGES['/template']}${PAGES['/post']}${frame(VIDEO + 'small', SMALL)}</main>` });
    await arrive(visit, '/axe');
    await visit.choose('reject-all');
    await untilShown(visit, 6);
    const label = await visit.page.locator('sekisho-embed [role=group]').first().getAttribute('aria-label');
    assert.match(label, lang === 'ja' ? /^題名 – YouTube（/ : /^題名 – YouTube \(/);
    assert.match(await visit.page.locator('sekisho-embed [data-action="load-once"]').first().innerText(), lang === 'ja' ? /^今回だけ表示$/ : /^Show once$/);
    const targets = await visit.page.locator('sekisho-embed button:visible').evaluateAll((all) => all.map((one) => Math.min(one.offsetHeight, one.offsetWidth)));
    assert.ok(Math.min(...targets) >= (width === 390 ? 44 : 24), `${targets}`);
    await visit.page.evaluate(axe);
    const { violations, passes } = await visit.page.evaluate(() => window.axe.run('main', { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
    assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.target.flat().join(' ')} ${node.failureSummary}`).join('; ')}`), []);
    assert.ok(passes.some(({ nodes }) => nodes.some((node) => node.target.flat().includes('.embed') || `${node.target.flat()}`.includes('sekisho-embed'))), 'axe looked inside');
  }, { colorScheme, viewport: { width, height: 900 }, hasTouch: width === 390, isMobile: width === 390 }));

host.pages['/csp'] = () => ({
  body: pageOf(service, 'shop', { attributes: 'nonce="n"', body: PAGES['/'] + PAGES['/post'].replace('<script ', '<script nonce="n" ') }),
  headers: { 'content-security-policy': `default-src 'none'; script-src 'nonce-n' 'strict-dynamic'; style-src 'self'; connect-src ${service.url}; frame-src https:; img-src https:; require-trusted-types-for 'script'; trusted-types 'none'` },
});
test('under a strict policy and Trusted Types', visitor('embeds-csp', async (visit) => {
  const refused = [];
  await visit.page.exposeFunction('refuse', (what) => refused.push(what));
  await visit.page.addInitScript(() => document.addEventListener('securitypolicyviolation', (event) => window.refuse(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`)));
  await arrive(visit, '/csp');
  await untilShown(visit, 4);
  const size = await placeholders(visit).first().boundingBox();
  assert.deepEqual([size.width, size.height].map(Math.round), [564, 319]);
  await press(visit, 'load-once');
  await until('the video', () => asked(visit).includes('www.youtube.com/embed/one'));
  await untilShown(visit, 3);
  assert.deepEqual(refused, []);
  assert.deepEqual(visit.errors, []);
}));
