// Runs the widget's unit tests: bundles every src/**/*.test.ts with the sources that it tests, as server/bundle would,
// and gives them to Node's own test runner. `node widget/test.mjs consent` runs those whose path contains "consent".
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const widget = fileURLToPath(new URL('.', import.meta.url));
const wanted = process.argv.slice(2);
const tests = readdirSync(join(widget, 'src'), { recursive: true })
  .filter((name) => name.endsWith('.test.ts') && wanted.every((part) => name.includes(part)))
  .map((name) => join(widget, 'src', name))
  .sort();
if (!tests.length) {
  console.error('no test matches');
  process.exit(1);
}

/** "sekisho:site" and its like come from widget/testdata/site.json and its like. */
const modules = {
  name: 'sekisho',
  setup(builder) {
    builder.onResolve({ filter: /^sekisho:/ }, ({ path }) => ({
      path: join(widget, 'testdata', path.slice('sekisho:'.length) + '.json'),
    }));
  },
};

const out = mkdtempSync(join(tmpdir(), 'sekisho-widget-'));
let status;
try {
  await build({
    entryPoints: tests,
    outdir: out,
    outbase: join(widget, 'src'),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: 'inline',
    // Where the sources lie: tests read vectors and schemas from the repository.
    define: { 'import.meta.dirname': JSON.stringify(resolve(widget, 'src')) },
    plugins: [modules],
    logLevel: 'warning',
  });
  const files = tests.map((test) => join(out, relative(join(widget, 'src'), test).replace(/ts$/, 'mjs')));
  ({ status } = spawnSync(process.execPath, ['--enable-source-maps', '--test', '--test-reporter=spec', ...files], { stdio: 'inherit' }));
} finally {
  rmSync(out, { recursive: true, force: true });
}
process.exit(status ?? 1);
