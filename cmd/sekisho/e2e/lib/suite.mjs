// What every test file needs: the outside world, a browser, the site's own server, the service; each test in a fresh
// browser profile, with a trace kept when it fails.
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { after } from 'node:test';
import { startHost } from './hostpage.mjs';
import { launch } from './launch.mjs';
import { makeService } from './service.mjs';
import { startVendorHosts } from './vendorhosts.mjs';
import { Visit } from './visit.mjs';

export const results = fileURLToPath(new URL('../results/', import.meta.url));

/** answer: what vendors' hosts say. rules: see launch. service: options of makeService, or false for none. */
export async function suite({ answer, rules, service = {}, pages = {} } = {}) {
  const stops = [];
  after(async () => {
    for (const stop of stops.reverse()) await stop();
  });
  const kept = async (thing, stop) => {
    const made = await thing;
    stops.push(() => made[stop]());
    return made;
  };
  const recorder = await kept(startVendorHosts(answer), 'stop');
  const host = await kept(startHost(pages), 'stop');
  const browser = await kept(launch(recorder, rules), 'close');
  const made = service && (await kept(makeService(service), 'stop'));

  /** Runs a test with a visitor whose browser knows nothing yet. */
  const visitor = (name, test, options = {}) => async (t) => {
    recorder.reset();
    const context = await browser.newContext({ locale: 'ja-JP', viewport: { width: 1280, height: 800 }, ignoreHTTPSErrors: true, ...options });
    context.setDefaultTimeout(15_000);
    await context.tracing.start({ snapshots: true });
    const visit = new Visit(context, await context.newPage(), recorder);
    let passed = false;
    try {
      await test(visit, t);
      passed = true;
    } finally {
      await mkdir(results, { recursive: true });
      const file = results + name.replace(/[^a-z0-9]+/gi, '-');
      if (!passed) await visit.page.screenshot({ path: `${file}.png` }).catch((error) => t.diagnostic(error.message));
      await context.tracing.stop(passed ? {} : { path: `${file}.zip` });
      await context.close();
    }
  };
  return { recorder, host, browser, service: made, visitor, keep: kept };
}
