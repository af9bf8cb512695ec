// The real binary, as an operator runs it: site apply, then serve, on a port that stays the same over restarts.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, run, start } from './process.mjs';
import { until } from './until.mjs';

/** The binary that run.mjs has built, or that SEKISHO_BIN names. */
export const binary = process.env.SEKISHO_BIN ?? fileURLToPath(new URL('../../../../bin/sekisho', import.meta.url));

/**
 * store: a store URL, or nothing for an embedded one in a folder of its own. publicUrl: where browsers find the
 * service, when that is not its own address.
 */
export async function makeService({ store, publicUrl, args = [] } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'sekisho-e2e-'));
  const port = await freePort();
  const url = publicUrl ?? `http://127.0.0.1:${port}`;
  const local = `http://127.0.0.1:${port}`;
  const at = store ?? `embedded:${join(folder, 'store')}`;
  const env = { PATH: process.env.PATH, HOME: folder };
  let server;
  const service = {
    url, local, port, store: at,
    said: () => server?.said() ?? '',
    /** Applies site documents and publishes them. An embedded store is open in one process only: do it before up(). */
    async apply(...documents) {
      const said = [];
      for (const document of documents) {
        const file = join(folder, `${document.key}.json`);
        await writeFile(file, JSON.stringify(document));
        said.push(await run(binary, ['site', 'apply', '-f', file, '--publish', '--store', at], { env }));
      }
      return said;
    },
    async up() {
      server = start(binary, ['serve', '--addr', `127.0.0.1:${port}`, '--store', at, '--public-url', url, ...args], { env });
      await until('the service to be ready', async () => {
        if (server.ended()) throw new Error(`serve: ${server.ended()}\n${server.said()}`);
        return (await fetch(`${local}/readyz`)).ok;
      });
    },
    kill: () => server.kill(),
    down: () => server.stop(),
    async get(path) {
      const response = await fetch(local + path);
      return { status: response.status, body: response.status === 204 ? undefined : await response.json() };
    },
    async stop() {
      await server?.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return service;
}

/** A complete site document; `over` replaces parts of it. */
export const site = (key, origins, vendors, over = {}) => ({
  key,
  name: { ja: '試験の店', en: 'Test shop' },
  origins,
  languages: ['ja', 'en'],
  vendors: vendors.map((vendor) => (typeof vendor === 'string' ? { id: vendor } : vendor)),
  default: 'opt-in',
  expiryMonths: 6,
  // Nothing is left to chance: who tests reports asks for them.
  reportSample: 0,
  notice: { controller: { ja: '試験の店', en: 'Test shop' }, contact: { email: 'privacy@shop.example' } },
  ...over,
});
