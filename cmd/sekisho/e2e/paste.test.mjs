// What `sekisho snippet` prints, pasted and put into real servers: static tags of every kind, which no script in the page
// can hold, before a choice and after it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from './lib/process.mjs';
import { binary, site } from './lib/service.mjs';
import { suite } from './lib/suite.mjs';
import { until } from './lib/until.mjs';
import { listener } from './lib/visit.mjs';
import { missing, port, startWebServer } from './lib/webserver.mjs';

/** An entry of the site's own for the vendor whose host is `${id}.example`. */
const custom = (id) => ({
  id: `test-${id}`,
  custom: {
    id: `test-${id}`, name: { ja: id, en: id }, entity: { name: { ja: '例の株式会社', en: 'Example Inc.' } }, country: 'JP', kind: 'test', status: 'active',
    purposes: ['analytics'], data: ['page-url'], receives: { ja: '閲覧したページのアドレス', en: 'Address of the page viewed' },
    usedFor: { ja: '試験に使います。', en: 'Used in tests.' }, hosts: [{ host: `${id}.example` }], links: { privacy: { ja: 'https://example.jp/privacy' } },
    sources: [{ facts: ['name', 'entity', 'country', 'purposes', 'data', 'receives', 'usedFor', 'hosts', 'links'], source: 'https://example.jp/', date: '2026-11-21' }],
  },
});

const A = 'https://a.example';
const head = `<link rel="preload" as="image" href="${A}/preload.gif">
<link rel="stylesheet" href="${A}/style.css">
<style>@font-face { font-family: F; src: url(${A}/font.woff2) } h1 { font-family: F; background: url(${A}/back.gif) }</style>
<script src="${A}/sync.js"></script><script async src="${A}/async.js"></script><script defer src="${A}/defer.js"></script><script type="module" src="${A}/module.js"></script>
<script src="https://b.example/sync.js"></script><script src="https://unknown.example/sync.js"></script>`;
const body = `<img src="${A}/img.gif" alt=""><iframe src="${A}/frame.html" title="frame"></iframe>
<script>import('${A}/import.js').catch(() => {}); new Worker('/worker.js');</script>`;
/** All that the page asks of vendor a, but for what its worker does. */
const static_ = ['async.js', 'back.gif', 'defer.js', 'font.woff2', 'frame.html', 'img.gif', 'import.js', 'module.js', 'preload.gif', 'style.css', 'sync.js'].map((name) => `a.example/${name}`);
const scripts = ['async.js', 'defer.js', 'import.js', 'module.js', 'sync.js'];

const pageOf = (paste) => `<!doctype html>
<html lang="ja"><head><meta charset="utf-8">
${paste}
${listener}
<title>試験の店</title>
${head}
</head><body><h1>試験の店</h1><button type="button" id="settings" data-sekisho="open">設定</button>
${body}
</body></html>`;

const { recorder, host, service, visitor, keep } = await suite({
  answer({ host, path }) {
    if (path.endsWith('.js')) return { type: 'text/javascript', body: `(self.ran || []).push(${JSON.stringify(`${host}${path}`)})` };
    if (path.endsWith('.css')) return { type: 'text/css', body: '' };
    if (path.endsWith('.html')) return { type: 'text/html', body: '<!doctype html><title>frame</title>' };
    return undefined;
  },
});
host.pages['/worker.js'] = { body: `importScripts('${A}/worker.js')`, headers: { 'content-type': 'text/javascript' } };

/** As a browser asks for what it has kept. */
host.pages['/kept'] = { status: 304, headers: { etag: '"1"' } };

const servers = ['cloudflare', 'nginx', 'apache'];
const ports = Object.fromEntries(await Promise.all(servers.map(async (kind) => [kind, await port()])));
const origins = [host.origin, ...servers.map((kind) => `http://127.0.0.1:${ports[kind]}`)];
const outPorts = Object.fromEntries(await Promise.all(servers.map(async (kind) => [kind, await port()])));
const shop = (key, over) => site(key, origins, ['a', 'b'].map(custom), { policy: true, hosts: ['sentinel.example'], ...over });
const ads = custom('b');
ads.custom.purposes = ['advertising'];
/** With a host that only a query tells apart from the other's. */
const sharing = (vendor) => ({ ...vendor, custom: { ...vendor.custom, hosts: [...vendor.custom.hosts, { host: 'shared.example', path: `/x?id=${vendor.id}*` }] } });
await service.apply(shop('shop'), shop('out', { default: 'opt-out', vendors: [custom('a'), ads].map(sharing) }));
const snippet = (key, ...options) =>
  run(binary, ['snippet', '--site', key, '--store', service.store, '--public-url', service.url, '--language', 'en', ...options], { env: { PATH: process.env.PATH } });
const tag = await snippet('shop');
host.pages['/'] = host.pages['/tag'] = pageOf(tag);
host.pages['/strict'] = pageOf(await snippet('shop', '--strict'));
host.pages['/out'] = pageOf(await snippet('out', '--strict'));
host.pages['/sealed'] = pageOf(await snippet('shop', '--sealed'));
const own = `script-src 'nonce-n' 'strict-dynamic'; style-src 'nonce-n'; require-trusted-types-for 'script'`;
/** As an owner makes them for a policy of the site's own, under which no address becomes a worker. */
const nonced = (html) => html.replace("new Worker('/worker.js');", '').replaceAll(/<(script|style|link)(?= |>)/g, '<$1 nonce="n"');
host.pages['/nonce'] = { body: nonced(host.pages['/sealed']), headers: { 'content-security-policy': own } };
for (const kind of servers) {
  if (missing[kind]) continue;
  await keep(startWebServer(kind, await snippet('shop', '--header', kind), ports[kind], host.origin), 'stop');
  await keep(startWebServer(kind, await snippet('out', '--header', kind), outPorts[kind], host.origin), 'stop');
}
await service.up();

/** What was asked of vendors and of hosts that nobody knows, sorted: each as often as it was. */
const reached = (visit) => visit.reached().map(({ host, path }) => host + path).toSorted();
const views = (path) => host.requests.filter((request) => request.path === path).length;

/** How a policy comes, where, and what it cannot hold: the worker of a page whose policy stands in the HTML, or is put there. */
const ways = [
  { name: 'strict', origin: host.origin, path: '/strict', leaks: ['a.example/worker.js'] },
  { name: 'sealed', origin: host.origin, path: '/sealed', leaks: ['a.example/worker.js'] },
  ...servers.map((kind) => ({ name: kind, origin: origins[servers.indexOf(kind) + 1], path: '/', leaks: [], skip: missing[kind] })),
];

for (const { name, origin, path, leaks, skip } of ways) {
  const open = async (visit) => {
    host.requests.splice(0);
    await visit.open(origin + path);
    await visit.page.waitForLoadState('load');
  };
  /** The page has been loaded as often as that, and asked for all of these, and no more. */
  const loaded = async (visit, count, wanted) => {
    await until(`${count} views and what they ask for`, () => {
      assert.deepEqual(reached(visit), wanted.toSorted());
      return views(path) === count;
    });
    await visit.settle();
    assert.deepEqual(reached(visit), wanted.toSorted());
    assert.equal(views(path), count);
  };
  const all = [...static_, 'a.example/worker.js', 'b.example/sync.js'];

  test(`${name}: nothing before a choice`, { skip }, visitor(`${name} before`, async (visit) => {
    await open(visit);
    await visit.banner().waitFor();
    await loaded(visit, 1, leaks);
    assert.deepEqual(await visit.ran(), []);
    assert.equal((await visit.context.cookies()).length, 0);
  }));

  test(`${name}: accept loads the page anew and everything once`, { skip }, visitor(`${name} accept`, async (visit) => {
    await open(visit);
    await loaded(visit, 1, leaks);
    await visit.choose('accept-all');
    await loaded(visit, 2, [...leaks, ...all]);
    assert.deepEqual((await visit.ran()).toSorted(), [...scripts.map((one) => `a.example/${one}`), 'b.example/sync.js'].toSorted());
    // The service is reached from under the policy, by this page or the one before, and so are the preferences.
    const visitorId = await visit.visitor();
    await until('the service to have recorded', async () => (await service.get(`/v1/sites/shop/visitors/${visitorId}`)).status === 200);
    await until('nothing to be left to send', async () => (await visit.queue()).length === 0);
    await visit.page.locator('#settings').click();
    await visit.part('[data-vendor]').first().waitFor();
    recorder.reset();
    host.requests.splice(0);
    await visit.page.reload();
    await loaded(visit, 1, all);
  }));

  test(`${name}: reject changes nothing, so nothing is loaded anew`, { skip }, visitor(`${name} reject`, async (visit) => {
    await open(visit);
    await visit.choose('reject-all');
    await visit.untilRecorded();
    await loaded(visit, 1, leaks);
  }));

  test(`${name}: one vendor alone, then withdrawal`, { skip }, visitor(`${name} one`, async (visit) => {
    await open(visit);
    await loaded(visit, 1, leaks);
    await visit.page.evaluate(() => void window.sekisho.save({ 'test-a': false, 'test-b': true }));
    await loaded(visit, 2, [...leaks, ...leaks, 'b.example/sync.js']);
    assert.deepEqual(await visit.ran(), ['b.example/sync.js']);
    const [decision, allowed] = ['sekisho', 'sekisho_allowed'].map(async (name) => (await visit.context.cookies()).find((cookie) => cookie.name === name));
    assert.equal((await allowed).value, '.1.');
    assert.ok(Math.abs((await allowed).expires - (await decision).expires) < 5, 'lives as long as the decision');
    assert.equal((await allowed).sameSite, 'Lax');

    recorder.reset();
    await visit.page.evaluate(() => void window.sekisho.withdraw());
    await loaded(visit, 3, leaks);
    assert.deepEqual(await visit.ran(), []);
    assert.deepEqual(await visit.consents(), { 'test-a': 'denied', 'test-b': 'denied' });
    assert.equal((await visit.context.cookies()).find((cookie) => cookie.name === 'sekisho_allowed'), undefined);
  }));

  test(`${name}: a cookie that says nothing that can be read allows nobody`, { skip }, visitor(`${name} corrupt`, async (visit) => {
    await visit.context.addCookies([{ name: 'sekisho_allowed', value: '.0.1.x', url: origin }]);
    await open(visit);
    await visit.banner().waitFor();
    await loaded(visit, 1, leaks);
    assert.equal((await visit.context.cookies()).length, 0, 'it is gone');
  }));
}

/** Of a request to a site that lets tags run until they are denied: the vendors whose hosts get through. */
const choices = [
  ['no cookie', {}, 'ab'],
  ['no cookie, GPC', { 'sec-gpc': '1' }, 'a'],
  ['another cookie', { cookie: 'x=y; xsekisho_allowed=.9.' }, 'ab'],
  ['all', { cookie: 'sekisho_allowed=.0.1.; x=y' }, 'ab'],
  ['one', { cookie: 'x=y; sekisho_allowed=.1.' }, 'b'],
  ['one, by choice, GPC', { cookie: 'sekisho_allowed=.1.', 'sec-gpc': '1' }, 'b'],
  ['none', { cookie: 'sekisho_allowed=.' }, ''],
  ['unknown indices', { cookie: 'sekisho_allowed=.10.11.100.' }, ''],
  ['no final dot', { cookie: 'sekisho_allowed=.0.1' }, ''],
  ['corrupt', { cookie: 'sekisho_allowed=.0.1.;-' }, 'ab'],
  ['empty', { cookie: 'sekisho_allowed=' }, ''],
  ['two that differ', { cookie: 'x=y; sekisho_allowed=.; sekisho_allowed=.0.1.' }, ''],
  ['two that differ, the other way round', { cookie: 'sekisho_allowed=.0.1.; x=y; sekisho_allowed=.' }, ''],
  ['two alike', { cookie: 'sekisho_allowed=.0.1.; x=y; sekisho_allowed=.0.1.' }, 'ab'],
  ['behind many others', { cookie: `${'; '.repeat(2000)}sekisho_allowed=.1.` }, 'b'],
  ['many indices', { cookie: `sekisho_allowed=.${'0.'.repeat(2000)}` }, 'a'],
  ['garbage', { cookie: 'sekisho_allowed=%2E0%2E1%2E' }, ''],
];
for (const kind of servers) {
  test(`${kind}: what a cookie lets through on an opt-out site`, { skip: missing[kind] }, async () => {
    for (const [what, headers, wanted] of choices) {
      const response = await fetch(`http://127.0.0.1:${outPorts[kind]}/`, { headers });
      const sources = response.headers.get('content-security-policy').split(' ');
      assert.equal(['a', 'b'].filter((vendor) => sources.includes(`${vendor}.example`)).join(''), wanted, what);
      assert.equal(sources.some((source) => source.startsWith('shared.example')), wanted === 'ab', what);
      assert.ok(sources.includes('sentinel.example'), what);
      assert.match(response.headers.get('vary'), /Cookie, ?Sec-GPC/);
    }
    const of = async (path, headers) => (await fetch(`http://127.0.0.1:${outPorts[kind]}${path}`, { headers })).headers.get('content-security-policy');
    assert.equal(await of('/worker.js', {}), null, 'scripts go without');
    assert.match(await of('/worker.js', { 'sec-fetch-dest': 'worker' }), /^default-src /);
    // Browsers renew a kept page's policy from the 304, which has no type.
    const kept = await fetch(`http://127.0.0.1:${outPorts[kind]}/kept`, { headers: { cookie: 'sekisho_allowed=.0.' } });
    assert.equal(kept.status, 304);
    assert.match(kept.headers.get('content-security-policy'), / a\.example(?!.* b\.example)/);
    assert.match(kept.headers.get('vary'), /Cookie/);
    assert.match(await of('/worker.js', { 'sec-fetch-dest': 'sharedworker', cookie: 'sekisho_allowed=.0.' }), / a\.example/);
  });
}

test('strict: without scripts the policy stands', visitor('noscript', async (visit) => {
  await visit.open(`${host.origin}/strict`);
  await visit.page.waitForLoadState('load');
  assert.deepEqual(reached(visit), []);
}, { javaScriptEnabled: false }));

test('strict, opt-out: everything runs until it is denied, by a choice or by Global Privacy Control', visitor('optout', async (visit) => {
  await visit.open(`${host.origin}/out`);
  await until('everything', () => reached(visit).length === static_.length + 2);
  await visit.banner().waitFor();
  host.requests.splice(0);
  recorder.reset();
  await visit.page.evaluate(() => void window.sekisho.rejectAll());
  await until('the page to be loaded anew', () => views('/out') === 1);
  await visit.page.waitForLoadState('load');
  await visit.settle();
  assert.deepEqual(reached(visit), ['a.example/worker.js']);
}));

test('a cookie that the site keeps deleting brings no page to load for ever', visitor('loop', async (visit) => {
  let served = 0;
  host.pages['/deletes'] = () => ({ body: host.pages['/strict'], headers: served++ ? { 'set-cookie': 'sekisho_allowed=; Max-Age=0; Path=/' } : {} });
  host.requests.splice(0);
  await visit.open(`${host.origin}/deletes`);
  await visit.choose('accept-all');
  await until('the second view', () => views('/deletes') === 2);
  await visit.page.waitForLoadState('load');
  await until('nothing to be left to send', async () => (await visit.queue()).length === 0);
  await visit.settle();
  assert.equal(views('/deletes'), 2);
}));

test('pages say once that hosts have changed since the policy was pasted', visitor('old paste', async (visit) => {
  const said = [];
  visit.page.on('console', (message) => message.text().startsWith('sekisho:') && said.push(message.text()));
  await visit.open(`${host.origin}/strict`);
  await visit.banner().waitFor();
  assert.deepEqual(said, []);
  host.pages['/old'] = host.pages['/strict'].replaceAll(/data-sekisho="[0-9a-f]{8}"/g, 'data-sekisho="00000000"');
  await visit.open(`${host.origin}/old`);
  await visit.banner().waitFor();
  assert.equal(said.length, 1);
  assert.match(said[0], /snippet --strict/);
}));

/** How often each address was refused, by as many policies as the page is under. */
const refusals = (visit) => visit.page.evaluate(() => window.refused);
const refusing = (html) => html.replace(listener, `<script>var refused = {}; document.addEventListener('securitypolicyviolation', function (e) { refused[e.blockedURI] = (refused[e.blockedURI] || 0) + 1 })</script>${listener}`);

for (const way of ['sealed', 'strict']) {
  test(`${way}: one policy, from the script where the page brings none, and no trace in the markup`, visitor(`${way} once`, async (visit) => {
    host.pages['/refusing'] = refusing(host.pages[`/${way}`]);
    await visit.open(`${host.origin}/refusing`);
    await visit.settle();
    const unknown = 'https://unknown.example/sync.js';
    await until('a script of nobody’s to be refused', async () => (await refusals(visit))[unknown]);
    assert.equal((await refusals(visit))[unknown], 1);
    assert.equal(await visit.page.locator('meta[http-equiv]').count(), way === 'strict' ? 1 : 0);
  }));
}

test('sealed, under a policy of the site’s own with nonces and Trusted Types', visitor('sealed nonce', async (visit) => {
  await visit.open(`${host.origin}/nonce`);
  await visit.banner().waitFor();
  await visit.settle();
  assert.deepEqual(reached(visit), []);
  host.requests.splice(0);
  await visit.choose('accept-all');
  const all = [...static_, 'b.example/sync.js'].toSorted();
  await until('all to be asked for', () => reached(visit).length >= all.length);
  await visit.settle();
  assert.deepEqual(reached(visit), all);
  assert.equal(views('/nonce'), 1);
}));

test('one tag: what the browser fetches ahead is not used, and the rest is not asked for', visitor('one tag', async (visit) => {
  await visit.open(`${host.origin}/tag`);
  await visit.banner().waitFor();
  await visit.settle();
  assert.deepEqual(await visit.ran(), []);
  for (const late of ['import.js', 'back.gif', 'font.woff2']) assert.ok(!reached(visit).includes(`a.example/${late}`), late);
  await visit.choose('accept-all');
  await until('all to run', async () => (await visit.ran()).length === scripts.length + 1);
}));
