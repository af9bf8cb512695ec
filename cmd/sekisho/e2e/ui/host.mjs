// The page that the tests visit: a small Japanese site with the interface on it,
// bundled from source as server/bundle does, and a stub in place of the gate.

import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as esbuild from 'esbuild';
import { chromium } from 'playwright-core';
import { repository, sample, THEMES } from './sample.mjs';

const here = new URL('.', import.meta.url).pathname;

/** Where the layers begin; the banner's file carries more than the interface, which is tested by itself. */
const ENTRIES = {
  banner: `export { mountBanner as default } from './banner/banner'`,
  preferences: `export { default, names } from './preferences/main'`,
};

/** Bundles a layer, or what `contents` exports, around its texts; returns the module's text. */
export async function bundle(part, texts, { layout, position } = THEMES[''], contents = ENTRIES[part]) {
  const { outputFiles } = await esbuild.build({
    stdin: { contents, resolveDir: join(repository, 'widget/src') },
    bundle: true,
    write: false,
    minify: true,
    charset: 'utf8',
    format: 'esm',
    target: 'es2020',
    legalComments: 'none',
    define: { LAYOUT: JSON.stringify(layout), POSITION: JSON.stringify(position) },
    plugins: [
      {
        name: 'texts',
        setup(build) {
          build.onResolve({ filter: /^sekisho:/ }, ({ path }) => ({ path, namespace: 'texts' }));
          build.onLoad({ filter: /.*/, namespace: 'texts' }, () => ({
            contents: 'export default ' + JSON.stringify(texts),
            loader: 'js',
          }));
        },
      },
    ],
  });
  return outputFiles[0].text;
}

/** A policy as strict as a page can have it and still run a nonced script. */
const STRICT =
  "default-src 'none'; script-src 'nonce-x' 'strict-dynamic'; style-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'";

/** What a careless or hostile page does to everything that it does not know. */
const HOSTILE = `
  * { all: unset !important; display: none !important; transform: scale(.5) !important; opacity: .1 !important; color: red !important }
  html, head, body, main, p, h1 { display: block !important; transform: none !important; opacity: 1 !important }
  head { display: none !important }
  body { transform: translateX(40px) !important }
  div, button, dialog, section { font: 90px fantasy !important; pointer-events: none !important; visibility: hidden !important }
  p { position: fixed !important; inset: 0 !important; z-index: 2147483647 !important; background: pink !important }
  #sekisho { clip-path: inset(50%) !important; width: 0 !important; filter: blur(9px) !important; --p: red !important }
`;

const ARTICLE = {
  ja: {
    title: '川沿いを歩く',
    nav: ['ホーム', 'お知らせ', '商品', '店について'],
    text: '川は古い水車小屋のわきを流れ、三つの橋をくぐって海へ出ます。春は土手の草が高く、水辺の道は通れないので、歩く人は果樹園の上の道をとります。晴れた日には、岬の灯台まで見わたせます。',
    reset: 'プライバシー設定',
  },
  en: {
    title: 'A walk along the river',
    nav: ['Home', 'News', 'Shop', 'About'],
    text: 'The river runs past the old mill and under three bridges before it meets the sea. In spring the banks are high and the path along the water is closed, so walkers take the upper road through the orchards, where the view reaches as far as the lighthouse on a clear day.',
    reset: 'Privacy preferences',
  },
  ar: {
    title: 'نزهة على ضفة النهر',
    nav: ['الرئيسية', 'الأخبار', 'المتجر', 'من نحن'],
    text: 'يجري النهر بجوار الطاحونة القديمة وتحت ثلاثة جسور قبل أن يصل إلى البحر. في الربيع تعلو الأعشاب على الضفتين ويُغلق الطريق المحاذي للماء، فيسلك المتنزهون الطريق العلوي بين البساتين، حيث يمتد النظر في الأيام الصافية حتى المنارة.',
    reset: 'إعدادات الخصوصية',
  },
};

function html(options) {
  const { language = 'ja', link = false, hostile = false, csp = false, short = false, early = false } = options;
  const words = ARTICLE[language] || ARTICLE.en;
  const paragraphs = Array.from({ length: short ? 1 : 9 }, (_, i) => `<p>${words.text} <a href="#p${i}">${i + 1}</a></p>`);
  return `<!doctype html>
<html lang="${language}" dir="${language === 'ar' ? 'rtl' : 'ltr'}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<title>${words.title}</title>
<link rel="stylesheet" href="/page.css">
${hostile ? '<link rel="stylesheet" href="/hostile.css">' : ''}
<script type="module" ${early ? 'async' : ''} ${csp ? 'nonce="x"' : ''} src="/start.js${options.query}"></script>
</head>
<body>
<header><nav aria-label="main">${words.nav.map((item) => `<a href="#">${item}</a>`).join('')}</nav></header>
<main><h1>${words.title}</h1>
${paragraphs.join('\n')}
</main>
<footer><a href="#" id="last">© 2026</a>${link ? ` <a href="#" data-sekisho="open">${words.reset}</a>` : ''}</footer>
</body>
</html>`;
}

const PAGE = `
  :root { color-scheme: light dark }
  html { font-size: 62.5% }
  body { margin: 0; font: 1.6rem/1.8 sans-serif; color: #222; background: #fbfaf7 }
  header, main, footer { max-width: 84rem; margin: auto; padding: 2rem }
  nav { display: flex; gap: 2rem; flex-wrap: wrap }
  a { color: #14507a }
  h1 { font-size: 3.2rem }
  @media (prefers-color-scheme: dark) { body { color: #ddd; background: #101214 } a { color: #8cc4ee } }
`;

/**
 * Serves the page. Its address carries the options as ?o=JSON: what sample()
 * takes, what the stub takes (consents, mode, signalled, decided, …) and
 * language, link, hostile, csp, short, early for the page itself.
 */
export async function serve() {
  const built = new Map();
  const part = (name, options) => {
    const key = name + JSON.stringify(options);
    if (!built.has(key)) built.set(key, bundle(name, sample(options)[name], sample(options).look));
    return built.get(key);
  };
  const failures = [];
  let drawn = () => {};
  /** Keeps the body back until the interface has drawn without one. */
  const sendInTwo = async (response, text) => {
    const [head, body] = text.split('<body>');
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    response.write(head);
    await new Promise((resolve) => (drawn = resolve));
    response.end('<body>' + body);
  };
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, 'http://host');
    const options = JSON.parse(url.searchParams.get('o') || '{}');
    const send = (type, body, headers = {}) => {
      response.writeHead(200, { 'content-type': type + '; charset=utf-8', ...headers });
      response.end(body);
    };
    try {
      switch (url.pathname) {
        case '/':
          if (options.early) return sendInTwo(response, html({ ...options, query: url.search }));
          return send('text/html', html({ ...options, query: url.search }), options.csp ? { 'content-security-policy': STRICT } : {});
        case '/drawn':
          drawn();
          return response.writeHead(204).end();
        case '/favicon.ico':
          return response.writeHead(204).end();
        case '/page.css':
          return send('text/css', PAGE);
        case '/hostile.css':
          return send('text/css', HOSTILE);
        case '/start.js':
          return send('text/javascript', `import { start } from '/stub.js'; start(${JSON.stringify(hostOptions(options))});`);
        case '/stub.js':
          return send('text/javascript', readFileSync(join(here, 'stub.js')));
        case '/banner.js':
        case '/preferences.js':
          return send('text/javascript', await part(url.pathname.slice(1, -3), options));
        default:
          response.writeHead(404).end();
      }
    } catch (error) {
      failures.push(error);
      response.writeHead(500).end();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${server.address().port}`;
  return {
    failures,
    address: (options = {}) => `${base}/?o=${encodeURIComponent(JSON.stringify(options))}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Loads a source of the widget into this process, for tests of what needs no browser. */
export const load = async (file, texts) =>
  import('data:text/javascript;charset=utf-8,' + encodeURIComponent(await bundle('', texts, undefined, `export * from './${file}'`)));

/** What the stub is started with. `granted` and `denied` name vendors (or "all"); the others, and those in `unasked`, are unasked. */
function hostOptions(options) {
  const { vendors } = sample(options);
  const consents = Object.fromEntries(vendors.map(([id, , , flags]) => [id, flags & 1 ? 'granted' : 'unasked']));
  const among = (ids) => (ids === 'all' ? Object.keys(consents) : ids || []);
  for (const id of among(options.granted)) consents[id] = 'granted';
  for (const id of among(options.denied)) consents[id] = 'denied';
  for (const id of options.unasked || []) consents[id] = 'unasked';
  return {
    site: { key: 'shop', revision: options.revision || 1, mode: options.mode || 0, paused: !!options.paused, rules: options.rules || '', vendors },
    language: options.language || 'ja',
    consents,
    signalled: Array.isArray(options.signalled) ? options.signalled : options.signalled ? [].concat(options.denied || 'criteo') : [],
    decided: !!options.decided,
    early: !!options.early,
    at: Date.parse('2026-11-21T09:00:00Z'),
    answered: options.answered || 1,
  };
}

export const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };
export const DESKTOP = { viewport: { width: 1280, height: 800 } };

/**
 * Starts page and browser for a test file and returns visit(options, context):
 * a fresh browser context on the page, the interface drawn, closed after the test. What went wrong in
 * the page (errors, refusals by its policy) is in page.faults. `before` runs in
 * the page ahead of everything.
 */
export async function setUp({ after, afterEach }) {
  const host = await serve();
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  const contexts = [];
  afterEach(async () => {
    for (const context of contexts.splice(0)) await context.close();
  });
  after(async () => {
    await browser.close();
    await host.close();
  });
  return {
    host,
    browser,
    async visit(options = {}, context = {}, before = null) {
      const opened = await browser.newContext({ locale: 'ja-JP', timezoneId: 'Asia/Tokyo', ...DESKTOP, ...context });
      contexts.push(opened);
      opened.setDefaultTimeout(15_000);
      if (before) await opened.addInitScript(before);
      const page = await opened.newPage();
      page.faults = [];
      page.on('pageerror', (error) => page.faults.push(String(error)));
      page.on('console', (message) => {
        if (message.type() === 'error') page.faults.push(message.text());
      });
      await page.goto(host.address(options));
      await page.waitForFunction(() => window.stub?.ui || false);
      if (host.failures.length) throw host.failures[0];
      return page;
    },
  };
}

/** The decisions that the page's visitor took. */
export const decisions = (page) => page.evaluate(() => window.stub.decisions);
/** An element of the interface, by data-action or another selector. */
export const action = (page, name) => page.locator(`#sekisho [data-action="${name}"]`);
/** Unfolds what the preferences tell of every vendor. */
export async function unfold(page) {
  await page.locator('#sekisho details').evaluateAll((all) => all.forEach((details) => (details.open = true)));
  await page.waitForFunction(() => [...document.querySelector('#sekisho').shadowRoot.querySelectorAll('details')].every((details) => details.querySelector('dl')));
}
