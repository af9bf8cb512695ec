// Sekisho beside other consent managers: the same page, the same vendors, every answer 100 ms away, turn by turn.
import { brotliCompressSync } from 'node:zlib';
import { press, slowDown, watchPresses } from './press.mjs';
import { managers } from './setups.mjs';
import { line, vendors } from './shop.mjs';
import { spread } from './table.mjs';
import { picture } from './ways.mjs';

const paragraph = '<p>What the shop sells, how it is made, and where it comes from.</p>';
const bodies = {
  hero: `<h1>The shop</h1><img src="/hero.bmp" width="800" height="450" alt="">${paragraph.repeat(40)}`,
  text: `<h1>The shop</h1>${paragraph.repeat(40)}`,
};
/** As tag managers and official snippets do it: what no consent manager was told of. */
const inserted = `<script>${JSON.stringify(vendors.map(({ url }) => url))}.forEach(function (url) {
  var tag = document.createElement('script');
  tag.async = true;
  tag.src = url;
  document.head.appendChild(tag);
});</script>`;

const html = ({ head, foot }, body, tags) =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8">${head}<meta name="viewport" content="width=device-width, initial-scale=1"><title>The shop</title></head><body>${tags}${body}${foot}</body></html>`;

const types = { js: 'text/javascript', css: 'text/css' };
const weigh = (text) => brotliCompressSync(text).length;
const answer = (type, text, headers = {}) => ({ type, body: brotliCompressSync(text), headers: { 'content-encoding': 'br', vary: 'Accept-Encoding', ...headers } });

/** Puts the pages of a manager up, in a folder of its own. */
function put(host, name, setup) {
  const own = (text) => text.replaceAll(/(src|href)="\/(?!hero|privacy)/g, `$1="/${name}/`);
  const page = (path, body, tags) => {
    host.pages[`/${name}${path}`] = answer('text/html; charset=utf-8', own(html(setup, body, tags)), { 'cache-control': 'no-store' });
  };
  page('/told', bodies.hero, setup.told);
  page('/untold', bodies.hero, inserted);
  page('/text', bodies.text, '');
  for (const [path, text] of Object.entries(setup.files)) host.pages[`/${name}${path}`] = answer(types[path.replace(/.*\./, '')], text);
}

/** Put into a page ahead of its own code: when the manager's button can be seen, what has shifted, and what the largest paint was. */
const watch = ({ inside, accept, choices }) => {
  const find = (selector) => {
    const root = document.querySelector(inside);
    return (root?.shadowRoot ?? root)?.querySelector(selector);
  };
  /** Drawn, on the screen, and as good as opaque. */
  const visible = (element) => {
    if (!element || !element.checkVisibility({ visibilityProperty: true })) return false;
    const { top, bottom, left, right, width } = element.getBoundingClientRect();
    if (!width || bottom < 1 || top > innerHeight - 1 || right < 1 || left > innerWidth - 1) return false;
    let opacity = 1;
    for (let one = element; one; one = one.parentElement ?? one.getRootNode().host) opacity *= getComputedStyle(one).opacity;
    return opacity > 0.9;
  };
  Object.assign(window, { watched: { shift: 0, paints: [] }, choosing: () => visible(find(choices)) });
  const look = () => {
    if (document.body && visible(find(accept))) window.watched.shown = performance.now();
    else requestAnimationFrame(look);
  };
  look();
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) if (!one.hadRecentInput) window.watched.shift += one.value;
  }).observe({ type: 'layout-shift', buffered: true });
  new PerformanceObserver((list) => {
    // The browser names no element that lies in a shadow tree.
    for (const { element } of list.getEntries()) window.watched.paints.push(!element || !!element.closest(inside));
  }).observe({ type: 'largest-contentful-paint', buffered: true });
};

/** A visitor whose browser knows nothing yet, on a page of that manager; `run` gets what it needs to look at it. */
async function visit(world, name, setup, path, run) {
  const visitor = await world.context({ locale: 'en-US' });
  try {
    const page = await visitor.newPage();
    await page.addInitScript(watch, setup);
    await page.addInitScript(watchPresses);
    const protocol = await visitor.newCDPSession(page);
    /** The manager's files by request, with the bytes of their bodies. */
    const files = new Map();
    protocol.on('Network.responseReceived', ({ requestId, response: { url, encodedDataLength } }) => {
      const { origin, pathname } = new URL(url);
      if ([world.host.origin, world.service.url].includes(origin) && /\.(js|css)$/.test(pathname)) files.set(requestId, { url, bytes: -encodedDataLength });
    });
    protocol.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      if (files.has(requestId)) files.get(requestId).bytes += encodedDataLength;
    });
    await protocol.send('Network.enable');
    await protocol.send('Performance.enable', { timeDomain: 'threadTicks' });
    world.outside.reset();
    await page.goto(`${world.host.origin}/${encodeURIComponent(name)}${path}`, { waitUntil: 'load' });
    const shown = await page.waitForFunction(() => window.watched.shown).then((handle) => handle.jsonValue());
    const { metrics } = await protocol.send('Performance.getMetrics');
    const spent = (wanted) => metrics.find(({ name }) => name === wanted).value * 1000;
    await page.waitForLoadState('networkidle');
    const within = (selector) => page.locator(`${setup.inside} ${selector}`).first();
    /** How many of its files had come by then, and their bytes; all that have come so far without a time. */
    const weight = async (until = Infinity) => {
      const come = await page.evaluate((until) => performance.getEntriesByType('resource').filter(({ responseEnd }) => responseEnd <= until).map(({ name }) => name), until);
      const counted = [...files.values()].filter(({ url }) => come.includes(url));
      return { requests: counted.length, bytes: counted.reduce((sum, { bytes }) => sum + bytes, 0) };
    };
    return await run({ page, shown, weight, within, script: spent('ScriptDuration') + spent('V8CompileDuration'), watched: () => page.evaluate(() => window.watched) });
  } finally {
    await visitor.close();
  }
}

/** One round of visits to a manager's pages: figures by name. */
async function round(world, name, setup) {
  const inline = weigh(html(setup, bodies.hero, '')) - weigh(html({ head: '', foot: '' }, bodies.hero, ''));
  const first = await visit(world, name, setup, '/told', async ({ page, shown, weight, within, script, watched }) => {
    const banner = await weight(shown);
    const found = { shown, script, requests: banner.requests, bytes: banner.bytes + inline, told: world.outside.requests.length, hero: +(await watched()).paints.at(-1) };
    await within(setup.preferences).click();
    await page.waitForFunction(() => window.choosing());
    await page.waitForLoadState('networkidle');
    const all = await weight();
    return { ...found, allRequests: all.requests, allBytes: all.bytes + inline, shift: (await watched()).shift };
  });
  const text = await visit(world, name, setup, '/text', async ({ watched }) => ({ text: +(await watched()).paints.at(-1) }));
  const untold = await visit(world, name, setup, '/untold', async () => ({ untold: world.outside.requests.length }));
  const pressed = await visit(world, name, setup, '/told', async ({ page, within, watched }) => {
    await slowDown(page, 4);
    const { duration, processing } = await press(page, within(setup.accept));
    await slowDown(page, 1);
    // All twenty come to run, or it would be no consent that was given.
    for (const deadline = performance.now() + 15_000; new Set(world.outside.requests.map(({ host, path }) => host + path)).size < vendors.length; ) {
      if (performance.now() > deadline) throw new Error(`${name}: ${world.outside.requests.length} of ${vendors.length} tags were let go`);
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
    }
    return { press: duration, processing, after: (await watched()).shift };
  });
  return { ...first, ...text, ...untold, ...pressed, shift: Math.max(first.shift, pressed.after) };
}

/** Figures of each manager over so many rounds, one after the other in each; one more goes before and does not count. */
export async function rivals(world, rounds) {
  const all = await managers(world.service);
  world.host.pages['/hero.bmp'] = { type: 'image/bmp', body: picture(800, 450) };
  for (const [name, setup] of Object.entries(all)) put(world.host, name, setup);
  const seen = Object.fromEntries(Object.keys(all).map((name) => [name, []]));
  line.latency = 100;
  try {
    for (let turn = -1; turn < rounds; turn++)
      for (const [name, setup] of Object.entries(all)) {
        const one = await round(world, name, setup);
        if (turn >= 0) seen[name].push(one);
      }
  } finally {
    line.latency = 0;
  }
  return Object.fromEntries(Object.entries(seen).map(([name, list]) => [
    name, { version: all[name].version, ...Object.fromEntries(Object.keys(list[0]).map((key) => [key, spread(list.map((one) => one[key]))])) },
  ]));
}
