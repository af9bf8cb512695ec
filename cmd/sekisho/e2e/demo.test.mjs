// `make run`, seen by whoever starts it for the first time.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { test } from 'node:test';
import { makeDemo } from './lib/demo.mjs';
import { takeShots } from './lib/shots.mjs';
import { results, suite } from './lib/suite.mjs';
import { until } from './lib/until.mjs';

const pasted = JSON.parse(readFileSync(new URL('../demo/tags.json', import.meta.url))).map((tag) => tag.vendor);
const dynamic = JSON.parse(readFileSync(new URL('../demo/tags.json', import.meta.url))).filter((tag) => tag.form === 'dynamic').map((tag) => tag.vendor);

const { browser, visitor, keep } = await suite({ service: false });
const demo = await keep(makeDemo(), 'stop');
await demo.up();

const log = (visit, name) => visit.page.evaluate((name) => gateLog.filter((entry) => entry.name === name).map((entry) => entry.detail.vendor), name);
const shown = (visit, vendor, cell) => visit.page.innerText(`[data-row="${vendor}"] [data-cell="${cell}"]`);
const number = async (visit, name) => Number(await visit.page.innerText(`[data-count="${name}"]`));
const untilShown = (what, look) => until(`the panel to show ${what}`, look);
const requests = async (after = 0) => (await fetch(`${demo.url}/demo/requests?after=${after}`)).json();

test('it prints addresses that answer', async () => {
  const addresses = [...new Set(demo.said().match(/http:\/\/127\.0\.0\.1:\d+[^\s"]*/g))];
  assert.ok(addresses.length >= 2, demo.said());
  for (const address of addresses) assert.equal((await fetch(address)).status, 200, address);
  for (const path of ['/openapi.json', '/healthz', '/readyz', '/metrics', '/s/demo.js', '/sites/demo/notice', '/sites/demo/notice?lang=en', '/sites/demo/notice.json']) {
    assert.equal((await fetch(demo.url + path)).status, 200, path);
  }
  assert.match(demo.said(), /stand-in|代役/i);
});

test('held, let through, stored, withdrawn, erased: and the panel shows each', visitor('demo', async (visit) => {
  await visit.open(demo.url);
  await visit.banner().waitFor();
  await visit.page.waitForLoadState('load');
  await until('all to be held', async () => (await log(visit, 'held')).length >= dynamic.length);
  assert.deepEqual(await log(visit, 'ran'), []);
  const { after } = JSON.parse(await visit.page.locator('#demo-data').textContent());
  assert.deepEqual(await requests(after), {}, 'no stand-in was asked before consent');
  await untilShown('what is held', async () => (await number(visit, 'held')) >= dynamic.length);
  assert.equal(await shown(visit, 'meta-pixel', 'consent'), '未回答');

  await visit.choose('accept-all');
  await until('every stand-in to have run', async () => {
    const ran = await log(visit, 'ran');
    assert.deepEqual(pasted.filter((vendor) => !['youtube-embed', 'google-maps'].includes(vendor) && !ran.includes(vendor)), []);
    return ran.includes('ad-ebis'); // what the tag manager inserts
  });
  const ran = await log(visit, 'ran');
  assert.equal(new Set(ran).size, ran.length, `each once: ${ran}`);
  await untilShown('consent', async () => (await shown(visit, 'meta-pixel', 'consent')) === '許可');
  await untilShown('requests', async () => Number(await shown(visit, 'youtube-embed', 'requests')) === 1 && Number(await shown(visit, 'meta-pixel', 'requests')) === 2);
  assert.match(await visit.page.frameLocator('#video iframe').locator('body').innerText(), /YouTube の代役/);
  await untilShown('the record', async () => JSON.parse(await visit.page.innerText('[data-demo="record"]')));
  await untilShown('the receipt', async () => JSON.parse(await visit.page.innerText('[data-demo="receipt"]')).signature.algorithm === 'Ed25519');

  await visit.page.click('[data-demo="withdraw"]');
  await untilShown('the withdrawal', async () => (await shown(visit, 'meta-pixel', 'consent')) === '拒否');
  await until('the withdrawal to be recorded', async () => JSON.stringify(JSON.parse(await visit.page.innerText('[data-demo="receipt"]'))).includes('withdraw'));
  await visit.page.click('[data-demo="reload"]');
  await untilShown('the denial', async () => (await shown(visit, 'meta-pixel', 'consent')) === '拒否' && (await number(visit, 'held')) >= dynamic.length);
  assert.deepEqual(await log(visit, 'ran'), []);

  // What is stored survives a crash and a restart of the program.
  await demo.kill();
  await demo.up();
  await visit.page.reload();
  await untilShown('the record', async () => JSON.parse(await visit.page.innerText('[data-demo="record"]')));
  const id = await visit.visitor();
  assert.equal((await fetch(`${demo.url}/v1/sites/demo/visitors/${id}/vendors/criteo`).then((answer) => answer.json())).consent, 'denied');

  await visit.page.click('[data-demo="forget"]');
  await visit.banner().waitFor();
  assert.match(await visit.page.innerText('[data-demo="said"]'), /消去しました/);
  assert.equal((await fetch(`${demo.url}/v1/sites/demo/visitors/${id}`)).status, 404);
  assert.equal(await visit.cookie(), undefined);
  assert.deepEqual(visit.errors, []);
}));

test('English, the other ways to paste, the real hosts', visitor('demo-ways', async (visit) => {
  await visit.open(demo.url);
  await visit.page.click('[data-demo="language"]');
  await visit.banner().waitFor();
  assert.equal(await visit.page.getAttribute('html', 'lang'), 'en');
  assert.match(await visit.action('reject-all').innerText(), /[a-z]/i);
  for (const way of ['1', '3']) {
    await visit.open(`${demo.url}/?paste=${way}`);
    await visit.banner().waitFor();
    await visit.page.waitForLoadState('load');
    assert.deepEqual(await log(visit, 'ran'), [], `paste=${way}`);
  }
  await visit.open(`${demo.url}/?real=1`);
  await visit.banner().waitFor();
  await visit.settle();
  assert.deepEqual(visit.reached(), [], 'the real hosts are held as well');
  await visit.choose('accept-all');
  await until('the real hosts to be asked', () => visit.reached().some((request) => request.host === 'connect.facebook.net'));
}));

test('http://localhost leads to the address that the site knows', visitor('demo-localhost', async (visit) => {
  await visit.open(demo.url.replace('127.0.0.1', 'localhost'));
  assert.equal(visit.page.url(), `${demo.url}/`);
  await visit.choose('reject-all');
  await untilShown('the record', async () => JSON.parse(await visit.page.innerText('[data-demo="record"]')));
  assert.deepEqual(await log(visit, 'ran'), []);
}));

test('a second start applies nothing new', async () => {
  const revision = async () => (await (await fetch(`${demo.url}/sites/demo/notice.json`)).json()).revision;
  const before = await revision();
  await demo.down();
  await demo.up();
  assert.deepEqual(await revision(), before);
});

test('screenshots of banner and preferences', async () => {
  for (const file of await takeShots(browser, demo.url, results)) assert.ok((await stat(file)).size > 10_000, file);
});
