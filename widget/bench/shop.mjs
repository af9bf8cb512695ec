// What is measured: a site with twenty vendors, its service, its own slow server, and everybody else's hosts.
import { once } from 'node:events';
import { request as ask, createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { scripts } from '../../cmd/sekisho/e2e/fixtures/tags.mjs';
import { launch } from '../../cmd/sekisho/e2e/lib/launch.mjs';
import { makeService, site } from '../../cmd/sekisho/e2e/lib/service.mjs';
import { startVendorHosts } from '../../cmd/sekisho/e2e/lib/vendorhosts.mjs';

/** Twenty vendors, and what their tags ask for first. */
export const vendors = scripts.slice(0, 20).map(({ vendor, host, path }) => ({ vendor, url: `https://${host}${path}` }));

/** A vendor's script as it comes over the line: 20 KB. May be cached, so that a page without the gate pays no network for the hundredth. */
const script = { type: 'text/javascript', body: `window.ran = (window.ran || 0) + 1;/*${'x'.repeat(20_000)}*/`, headers: { 'cache-control': 'max-age=600' } };
const pixel = { type: 'image/gif', body: Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==', 'base64'), headers: { 'cache-control': 'max-age=600' } };

/** How far away everybody is, in milliseconds from request to answer: nothing at first. */
export const line = { latency: 0 };
const away = () => (line.latency ? pause(line.latency) : undefined);

async function serve(handle) {
  const server = createServer(handle);
  // No connection is closed while a visitor may be about to use it again.
  server.keepAliveTimeout = 120_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    stop: () => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); }),
  };
}

/**
 * The site's own server. pages: path → { type, body } or a function of the request that returns it; where body is a
 * list, its pieces are sent 50 ms apart, as a server does that makes the page while it sends it.
 */
async function startHost() {
  const pages = {};
  const server = await serve(async (request, response) => {
    const page = pages[request.url.replace(/\?.*/, '')];
    await away();
    if (!page) return response.writeHead(404).end();
    const { type, body, headers } = typeof page === 'function' ? await page(request) : page;
    response.writeHead(200, { 'content-type': type, 'cache-control': 'max-age=600', ...headers });
    const [first, ...rest] = [body].flat();
    response.write(first);
    for (const piece of rest) {
      await pause(50);
      response.write(piece);
    }
    response.end();
  });
  return { ...server, pages };
}

/** What stands between visitors and the service, as far away as all others. */
const startFront = (behind) =>
  serve(async (request, response) => {
    await away();
    const passed = ask({ host: '127.0.0.1', port: behind.port, path: request.url, method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.rawHeaders);
      answer.pipe(response);
    });
    passed.on('error', () => response.destroy());
    request.pipe(passed);
  });

/** The site "shop", and "policy", which is the same with a policy on its pages. Nothing is up yet but the servers. */
export async function shop() {
  const outside = await startVendorHosts(async ({ path }) => {
    await away();
    return path.includes('pixel.gif') ? pixel : script;
  });
  const host = await startHost();
  const browser = await launch(outside);
  const behind = {};
  const front = await startFront(behind);
  const service = await makeService({ publicUrl: front.origin });
  behind.port = service.port;
  const ids = vendors.map(({ vendor }) => vendor);
  await service.apply(site('shop', [host.origin], ids), site('policy', [host.origin], ids, { policy: true }));
  return {
    outside, host, browser, service,
    /** A browser that knows nothing yet. */
    context: (options) => browser.newContext({ locale: 'ja-JP', viewport: { width: 1280, height: 800 }, ignoreHTTPSErrors: true, ...options }),
    async stop() {
      await browser.close();
      await service.stop();
      await front.stop();
      await host.stop();
      await outside.stop();
    },
  };
}
