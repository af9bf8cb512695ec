// `make bench`, the part in the browser: node widget/bench/run.mjs [cost] [files] [ways] [rivals], all without a name.
// What counts are ratios within one run: times are the machine's, and nothing is asserted on them.
import { cpus, loadavg } from 'node:os';
import { build } from '../../cmd/sekisho/e2e/lib/build.mjs';
import { cost, kinds } from './cost.mjs';
import { evaluation, files } from './files.mjs';
import { rivals } from './rivals.mjs';
import { shop } from './shop.mjs';
import { print, range } from './table.mjs';
import { measureWays, ways } from './ways.mjs';

const PAGES = 5;
const SAMPLES = 5;
const EVALUATIONS = 9;
const VISITS = 5;
const ROUNDS = 5;

const load = () => loadavg()[0].toFixed(1);
const say = (...lines) => console.log(`\n${lines.join('\n')}\n`);

const parts = {
  async cost(world) {
    say(
      `100 insertions, in ms of the main thread's time on the processor, on a page with 200 tags of 20 vendors: ${PAGES} pages with the gate and`,
      `${PAGES} without, in turns, the median of ${SAMPLES} samples on each. "at first": added to the first sample on a page. Wanted: 2 ms added at most.`,
    );
    const costs = await cost(world, { rounds: PAGES, samples: SAMPLES });
    print(['insertion', 'without', 'with', 'added', 'ratio', 'added at first'], Object.entries(costs).map(([kind, one]) => [
      kinds[kind], range(one.without, 2), range(one.with, 2), range(one.added, 2), `${(one.with.median / one.without.median).toFixed(1)} ×`, range(one.first, 2),
    ]));
  },

  async files(world) {
    say('The service’s files, in bytes as they are sent, without headers. Japanese, 20 vendors.');
    print(['file', 'for', 'brotli', 'gzip', 'plain'], (await files(world)).map((one) => [one.name, one.when, `${one.br}`, `${one.gzip}`, `${one.identity}`]));
    say(`The first of them takes ${range(await evaluation(world, EVALUATIONS), 2)} ms of the processor to compile and run, in ${EVALUATIONS} new profiles. Wanted: 5 ms at most.`);
  },

  async ways(world, names) {
    say(
      `Ways of pasting: 20 static tags, answers 100 ms away, HTML in five pieces, no choice yet; ${VISITS} cold visits each, in turns.`,
      'Times in ms from navigation, and how much that is of the page without a manager.',
    );
    const measured = await measureWays(world, names, VISITS);
    const plain = measured['no manager'];
    const times = (one, key) => [range(one[key], 0), `${(one[key].median / plain[key].median).toFixed(2)} ×`];
    print(['way', 'hero image asked for', '', 'largest paint', '', 'vendors’ requests', 'all requests', 'KB'], Object.entries(measured).map(([name, one]) => [
      name, ...times(one, 'hero'), ...times(one, 'paint'), range(one.vendors, 0), range(one.requests, 0), (one.bytes.median / 1000).toFixed(0),
    ]));
  },

  async rivals(world) {
    say(
      `Sekisho and others: 20 vendors, English, a cold visit, answers 100 ms away; ${ROUNDS} rounds of four visits each, in turns. Bytes are bodies in`,
      'brotli, with what the page’s own HTML grows by. Script: ms of the main thread’s time on the processor, compiling included. Accept: ms from the press',
      'to the next paint, 4 × slower, 20 tags held. Requests to vendors before a choice: "told", tags as its documentation marks them up; "not told", scripts',
      'that the page’s own script inserts. What differs: widget/bench/README.md.',
    );
    const measured = Object.entries(await rivals(world, ROUNDS));
    const [, first] = measured[0];
    const often = ({ median }) => (median ? 'yes' : 'no');
    const many = (requests, bytes) => `${requests.median} / ${bytes.median}`;
    const times = (one, key, digits) => `${range(one[key], digits)} ${(one[key].median / first[key].median).toFixed(1)} ×`;
    print(['', 'requests / bytes: banner', 'preferences', 'script', 'banner shown', 'CLS', 'largest paint: hero', 'text'], measured.map(([name, one]) => [
      `${name} ${one.version}`, many(one.requests, one.bytes), many(one.allRequests, one.allBytes), times(one, 'script', 1), times(one, 'shown', 0), one.shift.max.toFixed(3), often(one.hero), often(one.text),
    ]));
    console.log();
    print(['', 'accept', 'at best', 'its code', 'vendors told', 'not told'], measured.map(([name, one]) => [
      name, times(one, 'press', 0), `${one.press.min}`, range(one.processing, 0), `${one.told.max}`, `${one.untold.max}`,
    ]));
  },
};

const wanted = process.argv.slice(2);
await build();
const started = performance.now();
const world = await shop();
try {
  const names = await ways(world);
  await world.service.up();
  say(
    `Chromium ${world.browser.version()}, Node ${process.version}, ${cpus().length} × ${cpus()[0].model}, load ${load()}.`,
    'Medians, with the least and the most in brackets. Compare within a table, not between runs.',
  );
  for (const [name, part] of Object.entries(parts)) if (!wanted.length || wanted.includes(name)) await part(world, names);
  say(`The browser’s part took ${((performance.now() - started) / 1000).toFixed(0)} s; load at its end ${load()}.`);
} finally {
  await world.stop();
}
