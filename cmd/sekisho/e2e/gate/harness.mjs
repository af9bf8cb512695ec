// What the tests of the gate share: a page that carries the gate alone, vendors' hosts that answer what each tag asks
// for, and a look at what arrived and what ran.
import { build } from 'esbuild';
import { brotliCompressSync, constants } from 'node:zlib';
import { fileURLToPath } from 'node:url';
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startHost } from '../lib/hostpage.mjs';
import { launch } from '../lib/launch.mjs';
import { startVendorHosts } from '../lib/vendorhosts.mjs';
import { until } from '../lib/until.mjs';
import { Visit } from '../lib/visit.mjs';

const widget = fileURLToPath(new URL('../../../../widget/src/', import.meta.url));

/** Bundles TypeScript as server/bundle does: minified, for the same browsers. */
async function compile(options) {
  const { outputFiles } = await build({ bundle: true, minify: true, write: false, format: 'iife', target: 'es2022', charset: 'utf8', ...options });
  return outputFiles[0].text;
}

/** Bytes of the gate alone in brotli, without matcher, consent and transport. */
export async function weigh() {
  const code = await compile({ stdin: { contents: 'import { install } from "./gate"; window.gate = install;', resolveDir: `${widget}gate`, loader: 'ts' } });
  return brotliCompressSync(code, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;
}

const pixel = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==', 'base64');
/** A vendor's script says that it ran, and what document.currentScript was then. */
const script = (name) => `(window.ran = window.ran || []).push(${JSON.stringify(name)}); window.current = document.currentScript && document.currentScript.src;`;

/** Answers of vendors' hosts, by the extension of the path. `bodies` has what single tests want instead. */
export const answers = (bodies) => ({ path }) => {
  const { pathname } = new URL(path, 'https://host');
  const [, name, extension] = /([^/.]*)\.?(\w*)$/.exec(pathname);
  if (bodies.has(pathname)) return bodies.get(pathname);
  if (extension === 'js') return { type: 'text/javascript', body: script(name) };
  if (extension === 'html') return { type: 'text/html', body: '<!doctype html><title>vendor</title>' };
  if (extension === 'css') return { type: 'text/css', body: `.${name} { color: red }` };
  if (extension === 'svg') return { type: 'image/svg+xml', body: '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>' };
  if (extension === 'vtt') return { type: 'text/vtt', body: 'WEBVTT\n' };
  if (extension === 'txt') return { type: 'text/plain', body: name };
  return { type: 'image/gif', body: pixel };
};

/** The page of one test: the gate first in <head>, then whatever the test pastes. */
export const pageOf = ({ before = '', head = '', body = '', nonce = '' } = {}) => `<!doctype html>
<html lang="ja"><head><meta charset="utf-8">${before}
<script ${nonce && `nonce="${nonce}"`} src="/gate.js"></script>
<title>gate</title>${head}</head>
<body><main id="main"></main>${body}</body></html>`;

/** The script of the gate alone. */
export const gateCode = () => compile({ entryPoints: [fileURLToPath(new URL('entry.ts', import.meta.url))] });

/** The site's own server, with the gate on it. */
async function startSite() {
  const code = await gateCode();
  const host = await startHost({ '/gate.js': () => ({ body: code, headers: { 'content-type': 'text/javascript' } }), '/empty': '' });
  after(() => host.stop());
  return host;
}

/** One browser and one outside world for a test file. */
export async function world() {
  const bodies = new Map();
  const recorder = await startVendorHosts(answers(bodies));
  after(() => recorder.stop());
  const host = await startSite();
  const browser = await launch(recorder);
  after(() => browser.close());

  /** Opens a page in a fresh profile, or in that of an earlier visit; the caller closes it. */
  async function open(page, { query = '', headers = {}, again } = {}) {
    host.pages['/page'] = () => ({ body: typeof page === 'string' ? page : pageOf(page), headers });
    const visit = again ?? (await arrive());
    await visit.page.goto('about:blank');
    recorder.reset();
    visit.errors = [];
    return visit.open(`${host.origin}/page${query}`);
  }

  async function arrive() {
    const context = await browser.newContext({ ignoreHTTPSErrors: true });
    context.setDefaultTimeout(15_000);
    const visit = new Visit(context, await context.newPage(), recorder);
    return Object.assign(visit, {
      requests: () => visit.reached().map((one) => one.path),
      grant: (...vendors) => visit.page.evaluate((vendors) => window.test.grant(...vendors), vendors),
      withdraw: (...vendors) => visit.page.evaluate((vendors) => window.test.withdraw(...vendors), vendors),
      report: (name) => visit.page.evaluate((name) => window.test.seen[name], name),
      /** Waits until the page says so; says what it saw when it gives up. */
      eventually: (what, look, argument) => until(what, () => visit.page.evaluate(look, argument), 10_000),
      close: () => context.close(),
    });
  }
  return { open, recorder, host, browser, bodies };
}

/** Returns what makes a test on one page of a world, which no error in the page may escape. */
export const onPageOf = (open) => (name, page, run, options) =>
  test(name, async () => {
    const visit = await open(page, options);
    try {
      await run(visit, visit.page);
      await visit.settle();
      assert.deepEqual(visit.errors, [], 'errors in the page');
    } finally {
      await visit.close();
    }
  });

/** Waits until so many scripts have run. */
export const ran = (visit, count) => visit.eventually(`${count} scripts to run`, (count) => window.ran.length >= count, count);
