// Every host of the outside world, in one process: the browser is told to resolve all names to this one port, which
// speaks TLS and plain HTTP alike and writes down each request.
import { once } from 'node:events';
import { createServer as createHTTP } from 'node:http';
import { createServer as createHTTPS } from 'node:https';
import { createServer } from 'node:net';
import { certificate } from './certificate.mjs';

const gif = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==', 'base64');

/** answer(request) may return { type, body, status, headers } for a request, or a promise of it; anything else gets a script or an image of nothing. */
export async function startVendorHosts(answer = () => undefined) {
  const requests = [];
  const handle = async (request, response) => {
    const entry = { host: request.headers.host.replace(/:\d+$/, ''), path: request.url, method: request.method };
    requests.push(entry);
    request.resume();
    const made = (await answer(entry)) ?? { type: 'image/gif', body: gif };
    response.writeHead(made.status ?? 200, { 'content-type': made.type, 'access-control-allow-origin': '*', 'cache-control': 'no-store', ...made.headers });
    response.end(made.body);
  };
  const plain = createHTTP(handle);
  const secure = createHTTPS(certificate(['*.example']), handle);
  const sockets = new Set();
  const server = createServer((socket) => {
    sockets.add(socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy()));
    socket.once('readable', () => {
      const first = socket.read(1);
      if (!first) return;
      socket.unshift(first);
      (first[0] === 0x16 ? secure : plain).emit('connection', socket); // 0x16: a TLS handshake
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: server.address().port,
    requests,
    reset: () => requests.splice(0),
    stop: () => new Promise((resolve) => { server.close(resolve); for (const socket of sockets) socket.destroy(); }),
  };
}
