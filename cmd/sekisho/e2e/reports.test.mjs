// What page views report: hosts that no vendor of the site has, tags that the browser fetched ahead of the gate and, on
// a report-only site, what would have been held. Asserted byte for byte, since what is not in a report cannot be kept.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request as ask } from 'node:http';
import { test } from 'node:test';
import { site } from './lib/service.mjs';
import { suite } from './lib/suite.mjs';
import { until } from './lib/until.mjs';
import { pageOf } from './lib/visit.mjs';

/** Between browser and service: writes down the reports that pass. */
const passed = [];
const front = createServer(async (request, response) => {
  const body = [];
  for await (const part of request) body.push(part);
  const text = Buffer.concat(body).toString();
  const behind = ask({ host: '127.0.0.1', port: service.port, path: request.url, method: request.method, headers: request.headers }, (answer) => {
    response.writeHead(answer.statusCode, answer.rawHeaders);
    answer.pipe(response);
    if (request.method === 'POST' && request.url.endsWith('/reports')) passed.push({ path: request.url, text, headers: request.headers, status: answer.statusCode });
  });
  behind.on('error', () => response.writeHead(502).end());
  behind.end(text);
}).listen(0, '127.0.0.1');
await once(front, 'listening');

const token = 'a token of thirty-two characters or more';
const script = { type: 'text/javascript', body: 'window.ran.push(document.currentScript?.src || "worker")' };
const answer = ({ path }) => (/\.js/.test(path) ? script : undefined);
const { host, service, visitor, keep } = await suite({
  answer, service: { publicUrl: `http://127.0.0.1:${front.address().port}`, args: ['--token', token, '--visitor-rate', '0'] },
});
await keep({ stop: () => new Promise((done) => { front.close(done); front.closeAllConnections(); }) }, 'stop');

/** A vendor whose static tag stands in the page, one whose tag a script inserts, and four times nobody. */
const criteo = 'https://static.criteo.net/js/ld/ld.js?a=4711';
const pixel = 'https://connect.facebook.net/en_US/fbevents.js';
const strangers = `<script src="https://lib.stranger.example/v1/lib.js?visitor=42"></script>
<script>
new Image().src = 'https://img.stranger.example/u/42.gif?mail=a@b';
for (var i = 0; i < 3; i++) fetch('https://api.stranger.example/u/42/' + i, { mode: 'no-cors' }).catch(function () {});
var xhr = new XMLHttpRequest();
xhr.open('GET', 'https://xhr.stranger.example/?page=' + location.pathname);
xhr.send();
var pixel = document.createElement('script');
pixel.src = ${JSON.stringify(pixel)};
document.head.append(pixel);
new Image().src = '/first-party.gif';
</script>`;
const page = (key) => pageOf(service, key, { body: `<script src="${criteo}"></script>\n${strangers}` });
const over = { every: { reportSample: 1 }, never: { reportSample: 0 }, strict: { reportSample: 1, strict: true }, paused: { reportSample: 1, paused: true },
  watching: { reportSample: 1, reportOnly: true }, opposed: { reportSample: 1, reportOnly: true, strict: true } };
const documents = Object.entries(over).map(([key, parts]) => site(key, [host.origin], ['criteo', 'meta-pixel'], { hosts: ['sentinel.example'], ...parts }));
for (const { key } of documents) host.pages[`/${key}/cart/42`] = page(key);
host.pages['/elsewhere'] = '<!doctype html><title>elsewhere</title>';
host.pages['/first-party.gif'] = '';
await service.up();
const authorization = `Bearer ${token}`;
const put = async (document) => {
  const response = await fetch(`${service.local}/v1/sites/${document.key}?publish=true`, {
    method: 'PUT', headers: { authorization, 'content-type': 'application/json' }, body: JSON.stringify(document),
  });
  assert.equal(response.status, 200, await response.text());
};
for (const document of documents) await put(document);
for (const { key } of documents) await until(`${key}.js`, async () => (await fetch(`${service.local}/s/${key}.js`)).ok, 60_000);

const unknown = [
  { what: 'unknown', kind: 'fetch', host: 'api.stranger.example' },
  { what: 'unknown', kind: 'img', host: 'img.stranger.example' },
  { what: 'unknown', kind: 'script', host: 'lib.stranger.example' },
  { what: 'unknown', kind: 'xhr', host: 'xhr.stranger.example' },
];
const ahead = { what: 'ahead', kind: 'script', host: 'static.criteo.net', vendor: 'criteo' };
const held = [
  { what: 'held', kind: 'script', host: 'connect.facebook.net', vendor: 'meta-pixel' },
  { what: 'held', kind: 'script', host: 'static.criteo.net', vendor: 'criteo' },
];
const sorted = (findings) => findings.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

/** The page with that key has loaded, and the file that reports with it, if it is to. */
const visit = async (visit, key, { reports = true } = {}) => {
  passed.splice(0);
  await visit.open(`${host.origin}/${key}/cart/42`);
  await visit.settle();
  if (reports) await visit.page.waitForFunction(() => performance.getEntriesByType('resource').some(({ name, responseEnd }) => /reports\.js/.test(name) && responseEnd));
  await visit.settle();
};
/** Leaves the page; its report has come by when it is answered. */
const leave = async (visit) => {
  await visit.page.goto(`${host.origin}/elsewhere`);
  const [report] = await until('a report', () => passed.length && passed);
  assert.equal(report.status, 204);
  assert.match(report.headers['content-type'], /^text\/plain/);
  assert.equal(report.headers.cookie, undefined);
  assert.equal(passed.length, 1, 'one report a page view');
  const { findings, ...rest } = JSON.parse(report.text);
  assert.deepEqual(rest, {});
  return sorted(findings);
};
/** Leaves a page that has nothing to say. Requests of one page leave in their order. */
const leaveInSilence = async (visit) => {
  await visit.page.evaluate(() => dispatchEvent(new Event('pagehide')));
  await visit.page.evaluate((url) => fetch(url, { cache: 'no-store' }), `${service.url}/s/never.js`);
  await visit.page.goto(`${host.origin}/elsewhere`);
  await visit.page.evaluate((url) => fetch(url, { cache: 'no-store' }), `${service.url}/s/never.js`);
  assert.deepEqual(passed, []);
};
const figures = async (key) => {
  const response = await fetch(`${service.local}/v1/sites/${key}/reports`, { headers: { authorization } });
  assert.equal(response.status, 200);
  return (await response.json()).figures;
};

test('unknown hosts and a static tag that came ahead: each once, host and kind alone', visitor('reports', async (one) => {
  await visit(one, 'every');
  assert.deepEqual(await one.ran(), ['https://lib.stranger.example/v1/lib.js?visitor=42']);
  assert.deepEqual(await leave(one), sorted([...unknown, ahead]));
  assert.doesNotMatch(passed[0].text, /42|4711|cart|mail|\?|\//);
  const counted = await figures('every');
  assert.deepEqual(sorted(counted.map(({ what, kind, host, vendor }) => ({ what, kind, host, ...(vendor && { vendor }) }))), sorted([...unknown, ahead]));
  for (const figure of counted) assert.deepEqual([figure.count, figure.estimate, figure.days], [1, 1, 1]);
}));

test('a second report of the same page view is none', visitor('reports-once', async (one) => {
  await visit(one, 'every');
  await one.page.evaluate(() => {
    for (let i = 0; i < 3; i++) dispatchEvent(new Event('pagehide'));
  });
  await leave(one);
}));

test('what has run after a grant did not come ahead', visitor('reports-granted', async (one) => {
  await visit(one, 'every');
  await one.choose('accept-all');
  await until('both vendors to have run', async () => (await one.ran()).length === 3);
  await one.page.evaluate(() => window.sekisho.withdraw());
  // The same tag again is held, though the browser has fetched its address.
  await one.page.evaluate((src) => document.head.append(Object.assign(document.createElement('script'), { src })), pixel);
  await one.settle();
  assert.deepEqual(await leave(one), sorted([...unknown, ahead]));
}));

test('a policy that forbids a host is as good as its request', visitor('reports-policy', async (one) => {
  host.pages['/every/policy'] = {
    body: pageOf(service, 'every', { body: '<img src="https://forbidden.example/u/42.gif"><img src="https://widget.criteo.com/x.gif">' }),
    headers: { 'content-security-policy': `img-src 'self' https://sentinel.example` },
  };
  passed.splice(0);
  await one.open(`${host.origin}/every/policy`);
  await one.page.waitForFunction(() => performance.getEntriesByType('resource').some(({ name, responseEnd }) => /reports\.js/.test(name) && responseEnd));
  await one.page.evaluate(() => new Promise((done) => {
    addEventListener('securitypolicyviolation', () => setTimeout(done), { once: true });
    new Image().src = 'https://forbidden-too.example/u/42.gif';
  }));
  const findings = await leave(one);
  assert.ok(findings.some(({ kind, host }) => /^img/.test(kind) && host === 'forbidden-too.example'), JSON.stringify(findings));
  assert.ok(findings.every(({ what, host }) => what === 'unknown' && /^forbidden/.test(host)), JSON.stringify(findings));
}));

test('sample 0 sends nothing and loads nothing', visitor('reports-never', async (one) => {
  await visit(one, 'never', { reports: false });
  await one.banner().waitFor();
  assert.equal(await one.page.evaluate(() => performance.getEntriesByType('resource').filter(({ name }) => /reports/.test(name)).length), 0);
  await leaveInSilence(one);
  assert.deepEqual(await figures('never'), []);
}));

test('a paused site sends nothing', visitor('reports-paused', async (one) => {
  await visit(one, 'paused', { reports: false });
  await leaveInSilence(one);
}));

test('strict: unknown hosts are held, and reported from the first on', visitor('reports-strict', async (one) => {
  await visit(one, 'strict');
  assert.deepEqual(await one.ran(), []);
  assert.deepEqual(one.reached().filter(({ host }) => host !== 'static.criteo.net' && host !== 'lib.stranger.example'), [], 'no request but those of the preload scanner');
  const findings = await leave(one);
  assert.deepEqual(findings, sorted([...unknown, ahead]));
}));

test('report-only holds nothing, shows nothing, and reports what it would have held', visitor('reports-watching', async (one) => {
  await visit(one, 'watching');
  await one.untilRan([pixel, criteo]);
  assert.equal(await one.page.locator('#sekisho').count(), 0);
  assert.equal(await one.page.evaluate(() => performance.getEntriesByType('resource').filter(({ name }) => /banner|preferences/.test(name)).length), 0);
  assert.deepEqual(await one.consents(), { criteo: 'unasked', 'meta-pixel': 'unasked' });
  const events = await one.seen('held');
  assert.deepEqual(sorted(events), sorted([
    { vendor: 'criteo', kind: 'script', url: criteo, reportOnly: true },
    { vendor: 'meta-pixel', kind: 'script', url: pixel, reportOnly: true },
  ]));
  // Nothing is asked, whoever would.
  await one.page.locator('#settings').click();
  for (const what of ['acceptAll', 'rejectAll', 'withdraw', 'open', 'save']) {
    assert.match(await one.page.evaluate((what) => window.sekisho[what]({ criteo: true }).catch(String), what), /report-only/);
  }
  await one.settle();
  assert.equal(await one.page.locator('#sekisho').count(), 0);
  assert.equal(await one.cookie(), undefined);
  assert.deepEqual(await leave(one), sorted([...unknown, ...held]));
}));

test('report-only lets go what is marked', visitor('reports-marked', async (one) => {
  host.pages['/watching/marked'] = pageOf(service, 'watching', { body: `<template data-vendor="criteo"><script src="${criteo}"></script></template>
<script type="text/plain" data-vendor="meta-pixel" data-src="${pixel}"></script>` });
  passed.splice(0);
  await one.open(`${host.origin}/watching/marked`);
  await one.untilRan([criteo, pixel]);
  await one.page.waitForFunction(() => performance.getEntriesByType('resource').some(({ name, responseEnd }) => /reports\.js/.test(name) && responseEnd));
  await one.settle();
  assert.deepEqual((await one.ran()).toSorted(), [criteo, pixel].toSorted());
  assert.deepEqual(await leave(one), held);
}));

test('an earlier decision and Global Privacy Control count in what would be held', visitor('reports-before', async (one) => {
  await one.context.addInitScript(() => Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true }));
  // The same browser has decided on this site before, while tags were held.
  await one.open(`${host.origin}/never/cart/42`);
  await one.page.waitForFunction(() => window.sekisho.consent('criteo') === 'denied');
  await one.page.evaluate(() => window.sekisho.ready);
  await one.page.evaluate(() => window.sekisho.save({ criteo: true }));
  await visit(one, 'watching');
  assert.deepEqual(await one.consents(), { criteo: 'granted', 'meta-pixel': 'denied' });
  await one.untilRan([pixel, criteo]);
  const [meta] = held;
  assert.deepEqual(await leave(one), sorted([...unknown, meta]));
}));

test('report-only on a strict site: unknown hosts would be held as well', visitor('reports-opposed', async (one) => {
  await visit(one, 'opposed');
  await one.untilRan([pixel, criteo, 'https://lib.stranger.example/v1/lib.js?visitor=42']);
  const hosts = (await one.seen('held')).map(({ vendor, url }) => vendor ?? new URL(url).host);
  for (const name of ['api', 'img', 'lib', 'xhr']) assert.ok(hosts.includes(`${name}.stranger.example`), hosts.join());
  assert.deepEqual(await leave(one), sorted([...unknown, ...held]));
}));

// The last: it changes the site.
test('the same page holds when report-only is switched off', visitor('reports-switched', async (one) => {
  const document = documents.find(({ key }) => key === 'watching');
  await put({ ...document, reportOnly: false });
  await until('the new revision', async () => !(await (await fetch(`${service.local}/s/watching.js`)).text()).includes('report-only'));
  await visit(one, 'watching');
  await one.banner().waitFor();
  await one.untilHeld(['criteo', 'meta-pixel']);
  assert.deepEqual(await one.ran(), ['https://lib.stranger.example/v1/lib.js?visitor=42']);
  assert.deepEqual(await leave(one), sorted([...unknown, ahead]));
}));
