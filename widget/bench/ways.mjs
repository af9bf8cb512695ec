// What each way of pasting costs a page: twenty static tags, a style sheet and a hero image, HTML that comes in pieces,
// every answer 100 ms away, and a visitor whose cache is empty and who has not chosen.
import { pageOf, waysOf } from '../../cmd/sekisho/e2e/gate/ways.mjs';
import { spread } from './table.mjs';
import { line, vendors } from './shop.mjs';

/** A picture of noise in black and white, of as many pixels as it is shown in: browsers count it for what it covers. */
export function picture(width, height) {
  const line = Math.ceil(width / 32) * 4;
  const start = 62; // two heads of 14 and 40 bytes, two colours
  const file = Buffer.alloc(start + line * height);
  file.write('BM');
  for (const [at, value] of [[2, file.length], [10, start], [14, 40], [18, width], [22, height], [58, 0xffffff]]) file.writeUInt32LE(value, at);
  file.writeUInt16LE(1, 26); // planes
  file.writeUInt16LE(1, 28); // bits for a pixel
  for (let i = start, seed = 1; i < file.length; i++) file[i] = (seed = (seed * 48271) % 2147483647) & 255;
  return file;
}

const hint = '<link rel="preload" as="image" href="/hero.bmp">';
const tags = (list, how) => list.map(({ url }) => `<script ${how} src="${url.replaceAll('&', '&amp;')}"></script>`).join('\n');
const row = {
  head: `<link rel="stylesheet" href="/style.css">\n${tags(vendors.slice(0, 12), 'async')}\n${tags(vendors.slice(12, 16), 'defer')}`,
  body: `<img id="hero" src="/hero.bmp" width="800" height="450" alt="">${'<p>本文です。</p>'.repeat(200)}${tags(vendors.slice(16), '')}<p>おわり</p>`,
};

/** A page's HTML in pieces: down to the hero image, then the rest in four. */
function pieces(html) {
  const start = html.indexOf('</p>') + 4;
  const rest = html.slice(start);
  const size = Math.ceil(rest.length / 4);
  return [html.slice(0, start), ...Array.from({ length: 4 }, (_, i) => rest.slice(i * size, (i + 1) * size))];
}

/** The ways, by name: a page, and what its answer carries. To be asked for before the service is up. */
export async function ways({ service, host }) {
  const made = await waysOf(service, [row, { ...row, before: hint }]);
  const all = { 'no manager': { html: pageOf('', row) } };
  for (const [name, way, page] of [
    ['one tag', 'tag', 0], ['sealed', 'sealed', 0], ['sealed, preload hint before it', 'sealed', 1], ['strict', 'strict', 0],
    ['strict, preload hint before it', 'strict', 1], ['header', 'header', 0], ['marked', 'marked', 0],
  ])
    all[name] = { html: made[way].pages[page], headers: made[way].headers };
  host.pages['/style.css'] = { type: 'text/css', body: 'body { font-family: sans-serif } /* a site’s styles */'.padEnd(20_000) };
  host.pages['/hero.bmp'] = { type: 'image/bmp', body: picture(800, 450) };
  Object.values(all).forEach(({ html, headers }, i) => {
    host.pages[`/way/${i}`] = async (request) => ({ type: 'text/html; charset=utf-8', body: pieces(html), headers: { 'cache-control': 'no-store', ...(await headers?.(request, 'text/html')) } });
  });
  return Object.keys(all);
}

/** One visit: milliseconds to the request for the hero image and to the largest paint; requests and bytes before a choice. */
async function visit({ host, outside, context }, name, path) {
  const visitor = await context();
  try {
    const page = await visitor.newPage();
    const protocol = await visitor.newCDPSession(page);
    const said = [];
    page.on('requestfailed', (request) => said.push(`${request.url()}: ${request.failure().errorText}`));
    page.on('pageerror', (error) => said.push(error.message));
    let requests = 0;
    let bytes = 0;
    protocol.on('Network.requestWillBeSent', () => requests++);
    protocol.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength));
    await protocol.send('Network.enable');
    await page.addInitScript(() => {
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) if (entry.element?.id === 'hero') window.paint = entry.startTime;
      }).observe({ type: 'largest-contentful-paint', buffered: true });
    });
    outside.reset();
    await page.goto(host.origin + path, { waitUntil: 'load' });
    if (name !== 'no manager')
      await page.locator('#sekisho [data-action="accept-all"]').first().waitFor().catch((problem) => {
        throw new Error(`${name}: no banner; ${said.join('; ') || 'nothing failed'}`, { cause: problem });
      });
    const paint = await page.waitForFunction(() => window.paint);
    const times = { paint: await paint.jsonValue(), hero: await page.evaluate(() => performance.getEntriesByName(new URL('/hero.bmp', location.href).href)[0].startTime) };
    return { ...times, requests, bytes, vendors: outside.requests.length };
  } finally {
    await visitor.close();
  }
}

/** Figures of each way over so many cold visits, way by way in turns; one more goes before and does not count. */
export async function measureWays(world, names, runs) {
  const seen = Object.fromEntries(names.map((name) => [name, []]));
  line.latency = 100;
  for (let run = -1; run < runs; run++)
    for (const [i, name] of names.entries()) {
      const one = await visit(world, name, `/way/${i}`);
      if (run >= 0) seen[name].push(one);
    }
  line.latency = 0;
  return Object.fromEntries(names.map((name) => [name, Object.fromEntries(Object.keys(seen[name][0]).map((key) => [key, spread(seen[name].map((one) => one[key]))]))]));
}
