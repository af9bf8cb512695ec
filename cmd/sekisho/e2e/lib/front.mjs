// What stands in front of a site and its service in the real world: one place that ends TLS and passes each request
// on by its host name.
import { once } from 'node:events';
import { request as ask } from 'node:http';
import { createServer } from 'node:https';
import { certificate } from './certificate.mjs';

/** ports: host name → port of the server behind it; fill it in when those are up. */
export async function startFront(names, ports = {}) {
  const server = createServer(certificate(names), (request, response) => {
    const behind = ask({ port: ports[request.headers.host], host: '127.0.0.1', path: request.url, method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.rawHeaders);
      answer.pipe(response);
    });
    behind.on('error', () => response.writeHead(502).end());
    request.pipe(behind);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  return {
    ports,
    rules: names.map((name) => `MAP ${name} 127.0.0.1:${port}`),
    stop: () => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); }),
  };
}
