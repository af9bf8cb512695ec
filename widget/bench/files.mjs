// What a visitor pays for the service's files: bytes on the line, and the time that the first one takes to run.
import { get } from 'node:http';
import { vendors } from './shop.mjs';
import { processor } from './processor.mjs';
import { spread } from './table.mjs';

/** Bytes of a body as the service sends it in that encoding. */
const weigh = (url, encoding) => new Promise((done, fail) => {
  get(url, { headers: { 'accept-encoding': encoding } }, (response) => {
    let bytes = 0;
    response.on('data', (data) => (bytes += data.length));
    response.on('end', () => done(response.headers['content-encoding'] === encoding || encoding === 'identity' ? bytes : NaN));
  }).on('error', fail);
});

/** Files in the order in which a visitor loads them who opens the preferences and accepts: { name, when, br, gzip, identity }. */
export async function files({ service, host, context }) {
  host.pages['/'] = { type: 'text/html', body: `<!doctype html><html lang="ja"><meta charset="utf-8"><script src="${service.url}/s/shop.js"></script><title>店</title><h1>店</h1><script>new Image().src = ${JSON.stringify(vendors[0].url)}</script>` };
  const visitor = await context();
  const found = [];
  try {
    const page = await visitor.newPage();
    let when = 'first view';
    page.on('response', (response) => {
      const url = response.url();
      if (/\.js$/.test(url) && url.startsWith(service.url) && !found.some((one) => one.url === url)) found.push({ url, when });
    });
    const action = (name) => page.locator(`#sekisho [data-action="${name}"]`).first();
    await page.goto(host.origin);
    await action('accept-all').waitFor();
    when = 'preferences';
    await action('preferences').click();
    await page.locator('#sekisho [role="switch"]').first().waitFor({ state: 'attached' });
    when = 'a decision';
    const released = page.evaluate(() => new Promise((done) => { window.sekisho.on('released', done); }));
    await page.evaluate(() => window.sekisho.acceptAll());
    await released;
  } finally {
    await visitor.close();
  }
  for (const one of found) {
    one.name = new URL(one.url).pathname.replace(/.*\//, '');
    for (const encoding of ['br', 'gzip', 'identity']) one[encoding] = await weigh(one.url, encoding);
  }
  return found;
}

/** Milliseconds of the processor that the first file takes to compile and run, each time in a new browser profile. */
export async function evaluation({ service, host, context }, runs) {
  host.pages['/empty'] = { type: 'text/html', body: '<!doctype html><title>empty</title>' };
  const code = await (await fetch(`${service.url}/s/shop.js`)).text();
  const times = [];
  for (let run = 0; run < runs; run++) {
    const visitor = await context();
    const page = await visitor.newPage();
    await page.goto(`${host.origin}/empty`);
    await page.evaluate((code) => {
      window.put = (whole) => {
        const script = document.createElement('script');
        script.textContent = whole ? code : '';
        document.documentElement.append(script);
      };
    }, code);
    const spent = await processor(page);
    const cost = async (whole) => {
      const before = await spent();
      await page.evaluate((whole) => window.put(whole), whole);
      return (await spent()) - before;
    };
    await cost(false);
    const nothing = await cost(false);
    times.push((await cost(true)) - nothing);
    await visitor.close();
  }
  return spread(times);
}
