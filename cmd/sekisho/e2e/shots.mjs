// `make shots`: the screenshots that the README shows, and the contact sheets, into .github/screens.
import { readFile, stat, writeFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './lib/build.mjs';
import { makeDemo } from './lib/demo.mjs';
import { launch } from './lib/launch.mjs';
import { shrink } from './lib/png.mjs';
import { takeShots } from './lib/shots.mjs';
import { takeSheets } from './ui/shots.mjs';

/** Bytes of a picture, and of a sheet of them. */
const LARGEST = 150_000;
const LARGEST_SHEET = 1_500_000;
const folder = fileURLToPath(new URL('../../../.github/screens/', import.meta.url));

const told = (file, size, limit) => {
  console.log(`${relative(process.cwd(), file)}  ${size} bytes`);
  if (size > limit) throw new Error(`${file} has more than ${limit} bytes`);
};

await build();
const demo = await makeDemo();
const browser = await launch();
try {
  await demo.up();
  for (const file of await takeShots(browser, demo.url, folder)) {
    const small = shrink(await readFile(file));
    await writeFile(file, small);
    told(file, small.length, LARGEST);
  }
} finally {
  await browser.close();
  await demo.stop();
}
for (const file of await takeSheets(folder, console.log)) told(file, (await stat(file)).size, LARGEST_SHEET);
