// One browser with an outside world of its own, on which the matrix walks one page after the other. Several at once
// don't see each other's requests.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { chromium } from 'playwright-core';
import { startHost } from '../lib/hostpage.mjs';
import { launch } from '../lib/launch.mjs';
import { until } from '../lib/until.mjs';
import { startVendorHosts } from '../lib/vendorhosts.mjs';
import { Visit } from '../lib/visit.mjs';
import { answers } from './harness.mjs';

const A = 'https://a.example';
const script = (body) => ({ type: 'text/javascript', body });
const away = (location) => ({ type: 'text/plain', body: '', status: 302, headers: { location } });
const load = (name) => `(function (s) { s.src = '${A}/${name}'; document.head.append(s) })(document.createElement('script'))`;

/** What single rows want of a host. */
const bodies = new Map(Object.entries({
  '/says.html': { type: 'text/html', body: '<!doctype html><script>new Image().src = "/ran.gif"</script>' },
  '/says.js': script(`if (self.Image) new Image().src = '${A}/ran.gif'; else fetch('${A}/ran.gif')`),
  '/container.js': script(`ran.push('container'); ${load('1.js')}`),
  '/loader.js': script(`ran.push('loader'); ${load('1.js')}`),
  '/redirect.gif': away(`${A}/1.gif`),
  '/redirect.js': away(`${A}/1.js`),
}));
const worker = `try { importScripts('${A}/says.js') } catch {}`;

/** The site's server. serve(page, headers): what it answers, and what else each answer carries, for its request and type. */
async function siteHost() {
  const host = await startHost({ '/empty': '', '/own': '' });
  after(() => host.stop());
  const answer = (type, body, headers) => async (request) => ({ body, headers: { ...(await headers?.(request, type)), 'content-type': type } });
  const serve = (page, headers) => {
    host.pages['/page'] = answer('text/html; charset=utf-8', page, headers);
    host.pages['/worker.js'] = answer('text/javascript', worker, headers);
  };
  return { host, serve };
}

/** A visitor on the pages of one row. */
class Walk extends Visit {
  states = {};

  /** Requests that reached vendor a, without what its code asks for when it runs. */
  requests() {
    return this.asked().filter((path) => path !== '/ran.gif');
  }

  asked() {
    return this.reached().filter(({ host }) => host === 'a.example').map(({ path }) => path.replace(/\?.*/, ''));
  }

  /** What of vendor a's ran, in the page or where only a request tells of it. */
  async executed() {
    const ran = (await this.ran()).filter((name) => name !== 'loader');
    return this.asked().includes('/ran.gif') ? [...ran, 'elsewhere'] : ran;
  }

  /** Loads the page, with nothing on its way from the one before. */
  async load() {
    if (!this.page.url().endsWith('/empty')) await until('nothing', async () => { await this.page.goto('about:blank'); return true; });
    this.recorder.reset();
    this.errors = [];
    await this.page.goto(`${this.origin}/page`);
  }

  /** Forgets everything, as a browser that was never here. A page that is left still writes down what it knows. */
  async forget() {
    // Nor has it always come to rest: it may be about to load anew, or to go elsewhere.
    await until('an empty page', () => this.page.goto(`${this.origin}/empty`));
    await this.context.clearCookies();
    await this.page.evaluate(() => { localStorage.clear(); sessionStorage.clear(); });
  }

  /** Chooses in the page as it stands. */
  choose(how, ...what) {
    return this.page.evaluate(([how, what]) => window.sekisho[how](...what), [how, what]);
  }

  /** Becomes a visitor who has chosen that in an earlier visit. `tag` is the script of the site. */
  async become(tag, allowed, how, ...what) {
    await this.forget();
    if (!this.states[allowed]) {
      this.host.pages['/choice'] = `<!doctype html>${tag}<button data-sekisho="open">設定</button>`;
      await this.page.goto(`${this.origin}/choice`);
      await this.choose(how, ...what).catch((error) => assert.match(error.message, /navigation|context/)); // it is loaded anew
      this.states[allowed] = await until(`a cookie that allows ${allowed}`, async () => {
        const cookies = await this.context.cookies();
        return cookies.some(({ name }) => name === 'sekisho') && (cookies.find(({ name }) => name === 'sekisho_allowed')?.value ?? '.') === allowed && cookies;
      });
      await this.forget();
    }
    await this.context.addCookies(this.states[allowed]);
  }

  eventually(what, look, argument) {
    return until(what, () => this.page.evaluate(look, argument), 10_000);
  }
}

/** A lane. visit(): a visitor who was never here. */
export async function lane() {
  const recorder = await startVendorHosts(answers(bodies));
  after(() => recorder.stop());
  const { host, serve } = await siteHost();
  const browser = await launch(recorder);
  after(() => browser.close());
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  context.setDefaultTimeout(15_000);
  const walk = Object.assign(new Walk(context, await context.newPage(), recorder), { host, origin: host.origin });
  return {
    host,
    serve,
    async visit() {
      await walk.forget();
      return walk;
    },
  };
}

/**
 * A lane for what asks for a connection and for nothing else. Chromium connects ahead only in a profile of its own, and
 * only when it may do things in the background.
 */
export async function connectionLane() {
  const connections = { 'a.example': 0, 'x.example': 0 };
  const rules = [];
  for (const name of Object.keys(connections)) {
    const listener = createServer((socket) => {
      connections[name]++;
      socket.on('error', () => {}).destroy();
    }).listen(0, '127.0.0.1');
    await once(listener, 'listening');
    after(() => listener.close());
    rules.push(`MAP ${name} 127.0.0.1:${listener.address().port}`);
  }
  const { host, serve } = await siteHost();
  const profile = await mkdtemp(join(tmpdir(), 'sekisho-hints-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    ignoreDefaultArgs: ['--disable-background-networking'],
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-component-update', '--disable-sync', `--host-resolver-rules=${rules.join(', ')}, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1`],
  });
  after(async () => {
    await context.close();
    await rm(profile, { recursive: true, force: true });
  });
  const page = await context.newPage();
  const connect = (name) => page.evaluate((name) => document.head.append(Object.assign(document.createElement('link'), { rel: 'preconnect', href: `https://${name}/` })), name);
  return {
    host,
    serve,
    page,
    /** Loads the page; whether it has connected to host a by the time that host x, which nobody holds, is connected to. */
    async connects() {
      await context.clearCookies();
      for (const name in connections) connections[name] = 0;
      await page.goto(`${host.origin}/page`);
      return this.connected();
    },
    async connected() {
      const before = connections['x.example'];
      await connect('x.example');
      await until('a connection to the host that nobody holds', () => connections['x.example'] > before);
      return connections['a.example'] > 0;
    },
  };
}
