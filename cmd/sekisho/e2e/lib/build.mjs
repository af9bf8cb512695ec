import { fileURLToPath } from 'node:url';
import { run } from './process.mjs';
import { binary } from './service.mjs';

/** Builds the binary that the tests drive, unless SEKISHO_BIN names one. */
export async function build() {
  if (process.env.SEKISHO_BIN) return;
  const cwd = fileURLToPath(new URL('../../../../', import.meta.url));
  await run('go', ['build', '-trimpath', '-o', binary, './cmd/sekisho'], { cwd, env: { ...process.env, CGO_ENABLED: '0' } });
}
