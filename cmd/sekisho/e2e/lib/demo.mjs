// `sekisho demo`, as `make run` starts it.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, start } from './process.mjs';
import { binary } from './service.mjs';
import { until } from './until.mjs';

export async function makeDemo() {
  const folder = await mkdtemp(join(tmpdir(), 'sekisho-demo-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let program;
  return {
    url, port,
    said: () => program.said(),
    async up() {
      program = start(binary, ['demo', '--addr', `127.0.0.1:${port}`, '--data', join(folder, 'data')], { cwd: folder, env: { PATH: process.env.PATH, HOME: folder } });
      await until('the demo to be ready', async () => {
        if (program.ended()) throw new Error(`demo: ${program.ended()}\n${program.said()}`);
        return (await fetch(`${url}/readyz`)).ok;
      });
    },
    down: () => program.stop(),
    kill: () => program.kill(),
    async stop() {
      await program?.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
