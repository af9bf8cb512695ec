// A redis-server of the test's own: durable, on a free port, and able to come back with what it had.
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, start } from './process.mjs';
import { until } from './until.mjs';

export async function startRedis() {
  const folder = await mkdtemp(join(tmpdir(), 'sekisho-redis-'));
  const port = await freePort();
  let server;
  const up = async () => {
    server = start('redis-server', ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, '--save', '',
      '--appendonly', 'yes', '--appendfsync', 'always', '--maxmemory-policy', 'noeviction']);
    await until('redis-server to answer', async () => {
      if (server.ended()) throw new Error(`redis-server: ${server.ended()}\n${server.said()}`);
      return (await command(port, 'PING')).startsWith('+PONG');
    });
  };
  await up();
  return {
    url: `redis://127.0.0.1:${port}/0`,
    up,
    kill: () => server.kill(),
    stop: async () => {
      await server.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** One inline command; the first bytes of the answer. */
function command(port, line) {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${line}\r\n`));
    socket.once('data', (data) => { resolve(`${data}`); socket.destroy(); });
    socket.once('error', reject);
  });
}
