// The site's own web server: pages on another origin than the service, and a record of what was asked of it.
import { once } from 'node:events';
import { createServer } from 'node:http';

/**
 * pages: path → HTML, or function of the request that returns HTML or { status, body, headers }, or a promise of it.
 * GET /sentinel always answers 204: a test has the page ask for it to know that what was sent before has arrived.
 */
export async function startHost(pages) {
  const requests = [];
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://host');
    requests.push({ path: request.url, cookie: request.headers.cookie ?? '' });
    if (pathname === '/sentinel' || pathname === '/favicon.ico') return response.writeHead(204).end();
    const page = pages[pathname];
    if (page === undefined) return response.writeHead(404).end();
    const made = typeof page === 'function' ? await page(request) : page;
    const { status = 200, body, headers } = typeof made === 'string' ? { body: made, headers: {} } : made;
    const usual = status === 304 ? {} : { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' };
    response.writeHead(status, { ...usual, ...headers }).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  return {
    pages,
    requests,
    port,
    origin: `http://127.0.0.1:${port}`,
    stop: () => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); }),
  };
}
