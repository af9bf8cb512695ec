// All browser tests, against the real binary: `node cmd/sekisho/e2e/run.mjs [part of a file's name …]`.
import { spawn } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './lib/build.mjs';
import { binary } from './lib/service.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const wanted = process.argv.slice(2);
const files = readdirSync(here, { recursive: true })
  .filter((file) => file.endsWith('.test.mjs') && (!wanted.length || wanted.some((part) => file.includes(part))))
  .sort()
  .map((file) => join(here, file));
// Node would run whatever it finds.
if (!files.length) {
  console.error('no test matches');
  process.exit(1);
}

rmSync(join(here, 'results'), { recursive: true, force: true });
const before = performance.now();
await build();
console.log(`${basename(binary)} is built (${((performance.now() - before) / 1000).toFixed(1)} s); ${files.length} files of browser tests`);
const tests = spawn(process.execPath, ['--test', '--test-concurrency=2', '--test-reporter=spec', ...files.map((file) => relative(process.cwd(), file))], {
  stdio: 'inherit',
  env: { ...process.env, SEKISHO_BIN: binary },
});
tests.on('close', (code) => {
  console.log(`browser tests took ${((performance.now() - before) / 1000).toFixed(0)} s${code ? `; traces and pictures of what failed: ${relative(process.cwd(), join(here, 'results'))}` : ''}`);
  process.exitCode = code ?? 1;
});
