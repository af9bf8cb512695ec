// `make shots`: the screenshots that the README shows, into .github/screens.
import { readFile, writeFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './lib/build.mjs';
import { makeDemo } from './lib/demo.mjs';
import { launch } from './lib/launch.mjs';
import { shrink } from './lib/png.mjs';
import { takeShots } from './lib/shots.mjs';

const LARGEST = 150_000;
const folder = fileURLToPath(new URL('../../../.github/screens/', import.meta.url));

await build();
const demo = await makeDemo();
const browser = await launch();
try {
  await demo.up();
  for (const file of await takeShots(browser, demo.url, folder)) {
    const small = shrink(await readFile(file));
    await writeFile(file, small);
    console.log(`${relative(process.cwd(), file)}  ${small.length} bytes`);
    if (small.length > LARGEST) throw new Error(`${file} has more than ${LARGEST} bytes`);
  }
} finally {
  await browser.close();
  await demo.stop();
}
