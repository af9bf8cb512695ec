// What a vendor leaves behind when its consent is taken back, or was never given: told, deleted, said, and gone for good.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startFront } from './lib/front.mjs';
import { site } from './lib/service.mjs';
import { suite } from './lib/suite.mjs';
import { until } from './lib/until.mjs';
import { pageOf, Visit } from './lib/visit.mjs';

const consent = 'consent.elsewhere.example.jp';
/** Hosts by the domains above them on which a browser takes cookies. */
const hosts = {
  'www.shop.example.co.jp': ['.www.shop.example.co.jp', '.shop.example.co.jp', '.example.co.jp'],
  'shop.ne.jp': ['.shop.ne.jp'],
  'www.shop.tokyo.jp': ['.www.shop.tokyo.jp', '.shop.tokyo.jp'],
};

/** What the tag of `probe` does. */
const behaviour = {
  // Leaves something on every level that takes it, by page script.
  '/tag.js': `
    var labels = location.hostname.split('.'), ends = [''];
    for (var i = 0; i < labels.length; i++) ends.push('; Domain=' + labels.slice(i).join('.'));
    ends.forEach(function (end, i) {
      ['/', '/shop', '/shop/', '/shop/items', '/shop/items/page'].forEach(function (path, j) {
        document.cookie = '_probe_' + i + j + '=1; Max-Age=9999; Path=' + path + end;
      });
      document.cookie = '_probe=1; Path=/' + end;
      document.cookie = '_shared=1; Path=/' + end;
    });
    document.cookie = '_probe_secure=1; Path=/; Secure';
    document.cookie = '_probe_apart=1; Path=/; Secure; SameSite=None; Partitioned';
    document.cookie = '__Host-probe=1; Path=/; Secure';
    document.cookie = '_probex=1';
    document.cookie = 'x_probe=1';
    document.cookie = '_probe_opt_out=1';
    for (var area of [localStorage, sessionStorage]) area['probe:id'] = area['probe'] = area['other'] = 1;
    localStorage['probe:optOut'] = 1;
    indexedDB.open('probe-db').onsuccess = function () { this.result.close(); };
    indexedDB.open('other-db').onsuccess = function () { this.result.close(); ran.push('probe'); };`,
  // Never gives up.
  '/stubborn.js': `
    ran.push('probe');
    var write = function () {
      document.cookie = '_probe=' + Math.random() + '; Max-Age=9999; Path=/';
      localStorage['probe:id'] = 1;
    };
    write();
    setInterval(write, 50);
    ['pagehide', 'unload', 'beforeunload'].forEach(function (name) { addEventListener(name, write); });
    document.addEventListener('visibilitychange', write);`,
  // Keeps its database open.
  '/open.js': `indexedDB.open('probe-db').onsuccess = function () { window.kept = this.result; ran.push('probe'); };`,
};
const answer = ({ host, path }) => {
  if (host === 'probe.example' && behaviour[path]) return { type: 'text/javascript', body: behaviour[path] };
  if (host === 'peer.example') return { type: 'text/javascript', body: `ran.push('peer');` };
  if (host === 'www.clarity.ms') return { type: 'text/javascript', body: `ran.push('microsoft-clarity');` };
};

const front = await startFront([...Object.keys(hosts), consent]);
const { host, recorder, service, visitor, keep } = await suite({ answer, rules: front.rules, service: { publicUrl: `https://${consent}` } });
await keep(front, 'stop');
for (const name of Object.keys(hosts)) front.ports[name] = host.port;
front.ports[consent] = service.port;
const localhost = `http://localhost:${host.port}`;
const origins = [...Object.keys(hosts).map((name) => `https://${name}`), localhost, host.origin];

/** An entry of the site's own, whose tags come from `${id}.example`. */
const own = (id, purpose, traces) => ({
  id,
  custom: {
    id, name: { ja: id, en: id }, entity: { name: { ja: '例の株式会社', en: 'Example Inc.' } }, country: 'JP', kind: 'test', status: 'active',
    purposes: [purpose], data: ['page-url'], receives: { ja: '閲覧したページのアドレス', en: 'Address of the page viewed' },
    usedFor: { ja: '試験に使います。', en: 'Used in tests.' }, hosts: [{ host: `${id}.example` }], links: { privacy: { ja: 'https://example.jp/privacy' } }, ...traces,
    sources: [{ facts: ['name', 'entity', 'country', 'purposes', 'data', 'receives', 'usedFor', 'hosts', 'links', 'cookies', 'storage'], source: 'https://example.jp/', date: '2026-11-21' }],
  },
});
const first = (...names) => names.map((name) => ({ name, party: 'first' }));
const probe = own('probe', 'analytics', {
  cookies: first('_probe', '_probe_*', '__Host-probe', '_shared', 'sekisho*'),
  storage: [{ area: 'localStorage', key: 'probe:*' }, { area: 'sessionStorage', key: 'probe:*' }, { area: 'indexedDB', key: 'probe-*' }],
});
const peer = own('peer', 'advertising', { cookies: first('_shared', '_peer') });
const vendors = [probe, peer, 'microsoft-clarity'];

const tag = (src) => `<script>(function () { var s = document.createElement('script'); s.src = ${JSON.stringify(src)}; document.head.appendChild(s); })();</script>`;
const page = (key, script) => pageOf(service, key, {
  head: `<script>var withdrawn = [], said = [], info = console.info; console.info = function (text) { said.push([].join.call(arguments, ' ')); };
    sekisho.on('withdrawn', function (detail) { withdrawn.push(detail); });</script>
    ${tag(`https://probe.example${script}`)}${tag('https://peer.example/tag.js')}`,
  // What a page may hold as well: an address that is none.
  body: '<iframe src="https://"></iframe>',
});
/** What the site's own server sets on every level: seen by script, not seen by script, and on another path. */
const served = (request) => {
  const name = request.headers.host.replace(/:\d+$/, '');
  const ends = ['', ...(hosts[name] ?? []).map((domain) => `; Domain=${domain.slice(1)}`)];
  return [...ends.map((end, i) => `_probe_s${i}=1; Path=/${end}`), '_probe_h=1; Path=/; HttpOnly', '_probe_e=1; Path=/elsewhere'];
};
host.pages['/shop/items/page'] = (request) => ({ body: page('shop', '/tag.js'), headers: /_probe_h=/.test(request.headers.cookie) ? {} : { 'set-cookie': served(request) } });
host.pages['/stubborn'] = page('shop', '/stubborn.js');
host.pages['/open'] = page('shop', '/open.js');
host.pages['/reload'] = page('reload', '/stubborn.js');
host.pages['/policy'] = page('policy', '/stubborn.js');
host.pages['/clarity'] = pageOf(service, 'shop', {
  head: `<script>var told = []; var withdrawn = []; sekisho.on('withdrawn', function (detail) { withdrawn.push(detail); });
    function clarity() { told.push([].slice.call(arguments)); }</script>${tag('https://www.clarity.ms/tag/testtest00')}`,
});
host.pages['/empty'] = '<!doctype html><title>empty</title>';
await service.apply(site('shop', origins, vendors), site('reload', origins, vendors, { reloadOnWithdrawal: true }),
  site('policy', origins, vendors, { reloadOnWithdrawal: true, policy: true, hosts: ['sentinel.example'] }));
await service.up();

const withdrawn = (visit, count = 1) => until('the event "withdrawn"', async () => {
  const all = await visit.page.evaluate(() => window.withdrawn);
  return all.length >= count && all.at(-1);
});
const names = async (visit) => [...new Set((await visit.context.cookies()).map(({ name }) => name))].sort();
const save = (visit, choices) => visit.page.evaluate((choices) => window.sekisho.save(choices), choices);
const tagLeft = (path) => ({ vendor: 'probe', kind: 'script', name: `https://probe.example${path}` });
/** Waits for the tag to have written anew, however often it was cleared away. */
const written = (visit) => until('the tag to write', () => visit.page.evaluate(() => document.cookie.includes('_probe=') && localStorage['probe:id']));

for (const origin of origins) {
  const { hostname } = new URL(origin);
  test(`${hostname}: all that its scripts can see of the vendor is gone, on every level, and nothing else`, visitor(`levels ${hostname}`, async (visit) => {
    await visit.open(`${origin}/shop/items/page`);
    await visit.choose('accept-all');
    await visit.untilRan(['probe', 'peer']);
    const before = await visit.context.cookies();
    const domains = new Set(before.filter(({ name }) => name.startsWith('_probe')).map(({ domain }) => domain));
    assert.deepEqual([...domains].sort(), [hostname, ...(hosts[hostname] ?? [])].sort(), 'as the browser took them');
    assert.equal(new Set(before.filter(({ name }) => name.startsWith('_probe')).map(({ path }) => path)).size, 6);
    if (origin.startsWith('https:')) assert.ok(before.some(({ name }) => name === '_probe_apart') && before.some(({ name }) => name === '__Host-probe'));

    await save(visit, { probe: false });
    const { vendors, leftovers } = await withdrawn(visit);
    assert.deepEqual(vendors, ['probe']);
    assert.deepEqual(leftovers, [tagLeft('/tag.js')]);
    // No script sees the third last, and on this page none the one of another path.
    assert.deepEqual(await names(visit), ['_probe_e', '_probe_h', '_probe_opt_out', '_probex', '_shared', 'sekisho', 'x_probe']);
    const shared = (await visit.context.cookies()).filter(({ name }) => name === '_shared');
    assert.equal(shared.length, domains.size, 'what a granted vendor claims as well is untouched');
    const stored = await visit.page.evaluate(async () => [Object.keys(localStorage).filter((key) => !key.startsWith('sekisho')).sort(), Object.keys(sessionStorage).sort(), (await indexedDB.databases()).map(({ name }) => name).sort()]);
    assert.deepEqual(stored, [['other', 'probe', 'probe:optOut'], ['other', 'probe'], ['other-db']]);
    const said = await visit.page.evaluate(() => window.said);
    assert.equal(said.length, 1);
    assert.match(said[0], /^sekisho: .*probe: script https:\/\/probe\.example\/tag\.js$/);

    // Now nobody else claims what they share.
    await save(visit, { peer: false });
    await until('the shared one to go', async () => !(await names(visit)).includes('_shared'));
    assert.deepEqual(visit.errors, []);
  }));
}

test('a visitor who never granted anything loses what lay there from before', visitor('before', async (visit) => {
  await visit.open(`${host.origin}/empty`);
  await visit.page.evaluate(() => { document.cookie = '_probe=1; Path=/'; document.cookie = '_peer=1; Path=/'; localStorage['probe:id'] = 1; });
  await visit.open(`${host.origin}/stubborn`);
  await visit.banner().waitFor();
  assert.deepEqual(await names(visit), ['_peer', '_probe'], 'nothing is decided yet');
  await visit.choose('reject-all');
  assert.deepEqual(await withdrawn(visit), { vendors: ['probe', 'peer', 'microsoft-clarity'], leftovers: [] });
  assert.deepEqual(await names(visit), ['sekisho']);
  assert.deepEqual(await visit.page.evaluate(() => [Object.keys(localStorage).filter((key) => !key.startsWith('sekisho')), window.said]), [[], []]);
  assert.deepEqual(visit.reached(), []);
}));

test('what could not be had is tried again on the next occasion', visitor('again', async (visit) => {
  let asked = 0;
  await visit.context.route('**/withdrawal.js*', (route) => (asked++, route.abort()));
  await visit.open(`${host.origin}/stubborn`);
  await visit.choose('reject-all');
  await visit.untilRecorded();
  await until('the file to be asked for', () => asked > 0);
  await visit.page.evaluate(() => { document.cookie = '_probe=1; Path=/'; });
  await visit.context.unroute('**/withdrawal.js*');
  await until('it to be cleared away', async () => {
    await visit.page.evaluate(() => dispatchEvent(new Event('online')));
    return !(await names(visit)).includes('_probe');
  });
}));

test('nothing is loaded for it where nothing is denied', visitor('nothing-denied', async (visit) => {
  const asked = [];
  visit.page.on('request', (request) => asked.push(new URL(request.url()).pathname.split('/').at(-1)));
  await visit.open(`${host.origin}/stubborn`);
  await visit.choose('accept-all');
  await visit.untilRecorded();
  await visit.settle();
  assert.ok(asked.includes('decided.js'));
  assert.ok(!asked.includes('withdrawal.js'));
  await save(visit, { peer: false });
  await withdrawn(visit);
  assert.ok(asked.includes('withdrawal.js'));
}));

test('whom a privacy signal denies is cleared away with the next decision', visitor('signal', async (visit) => {
  await visit.context.addInitScript(() => Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true }));
  await visit.open(`${host.origin}/stubborn`);
  await visit.page.evaluate(() => { document.cookie = '_peer=1; Path=/'; });
  await save(visit, { probe: true, 'microsoft-clarity': true });
  const { vendors } = await withdrawn(visit);
  assert.deepEqual(vendors, ['peer']);
  assert.ok(!(await names(visit)).includes('_peer'));
}));

test('a database that is kept open is said', visitor('open', async (visit) => {
  await visit.open(`${host.origin}/open`);
  await visit.choose('accept-all');
  await visit.untilRan(['probe']);
  await save(visit, { probe: false });
  const { leftovers } = await withdrawn(visit);
  assert.deepEqual(leftovers, [{ vendor: 'probe', kind: 'indexedDB', name: 'probe-db' }, tagLeft('/open.js')]);
  await visit.page.reload();
  await until('the database to go with the page', () => visit.page.evaluate(async () => !(await indexedDB.databases()).length));
}));

test('a cookie that the page will not let go is said', visitor('cookie-stays', async (visit) => {
  await visit.open(`${host.origin}/empty`);
  await visit.page.evaluate(() => { document.cookie = '_probe=1; Path=/'; });
  await visit.open(`${host.origin}/stubborn`);
  await visit.banner().waitFor();
  await visit.page.evaluate(() => {
    const { set, ...rest } = Object.getOwnPropertyDescriptor(Document.prototype, 'cookie');
    Object.defineProperty(Document.prototype, 'cookie', { ...rest, set(text) { if (!text.startsWith('_')) set.call(this, text); } });
  });
  await visit.choose('reject-all');
  assert.deepEqual((await withdrawn(visit)).leftovers, [{ vendor: 'probe', kind: 'cookie', name: '_probe' }]);
}));

test('a tag that writes again and again, to the last: nothing comes back with the next page', visitor('stubborn', async (visit) => {
  await visit.open(`${host.origin}/stubborn`);
  await visit.choose('accept-all');
  await visit.untilRan(['probe']);
  await visit.page.evaluate(() => window.sekisho.withdraw());
  assert.deepEqual((await withdrawn(visit)).leftovers, [tagLeft('/stubborn.js'), { vendor: 'peer', kind: 'script', name: 'https://peer.example/tag.js' }]);
  await visit.untilRecorded(2);
  await written(visit);
  recorder.reset();
  await visit.page.reload();
  await visit.untilHeld(['probe', 'peer']);
  await visit.settle();
  assert.deepEqual(await visit.ran(), []);
  assert.deepEqual(visit.reached(), []);
  assert.deepEqual(await names(visit), ['sekisho']);
  assert.deepEqual(await visit.page.evaluate(() => Object.keys(localStorage)), ['sekisho']);
  assert.equal(await visit.page.evaluate(() => window.withdrawn.length), 0);
}));

test('another tab withdraws: the one in which the tag runs clears away, too', visitor('two-tabs', async (visit) => {
  await visit.open(`${host.origin}/shop/items/page`);
  await visit.choose('accept-all');
  await visit.untilRan(['probe']);
  const other = new Visit(visit.context, await visit.context.newPage(), recorder);
  await other.open(`${host.origin}/clarity`);
  await until('the page’s API', () => other.page.evaluate(() => window.sekisho.consent('probe') === 'granted'));
  await other.page.evaluate(() => window.sekisho.withdraw());
  assert.deepEqual((await withdrawn(visit)).leftovers, [tagLeft('/tag.js'), { vendor: 'peer', kind: 'script', name: 'https://peer.example/tag.js' }]);
  assert.deepEqual(await visit.page.evaluate(() => Object.keys(sessionStorage).sort()), ['other', 'probe']);
  assert.deepEqual((await names(visit)).filter((name) => name.startsWith('_probe')), ['_probe_e', '_probe_h', '_probe_opt_out', '_probex']);
  await withdrawn(other);
}));

test('where the site wants it, the page is loaded anew once a tag that ran has lost its consent', visitor('reload', async (visit) => {
  await visit.open(`${host.origin}/reload`);
  await visit.page.evaluate(() => { window.old = true; });
  await visit.banner().waitFor();
  await visit.page.evaluate(() => window.sekisho.rejectAll());
  await withdrawn(visit);
  await visit.settle();
  assert.equal(await visit.page.evaluate(() => window.old), true, 'nothing had run');

  await visit.page.evaluate(() => window.sekisho.acceptAll());
  await visit.untilRan(['probe', 'peer']);
  await visit.untilRecorded(2);
  await written(visit);
  recorder.reset();
  const loaded = visit.page.waitForEvent('load');
  await visit.page.evaluate(() => window.sekisho.withdraw());
  await loaded;
  await visit.untilHeld(['probe', 'peer']);
  await visit.settle();
  assert.deepEqual(await visit.page.evaluate(() => ['old' in window, window.ran]), [false, []]);
  assert.deepEqual(visit.reached(), []);
  assert.deepEqual(await names(visit), ['sekisho']);
  assert.deepEqual([...new Set(Object.values(await visit.consents()))], ['denied']);
  // The decision arrived, from one page or the other.
  const path = `/v1/sites/reload/visitors/${await visit.visitor()}/decisions`;
  await until('the withdrawal to be recorded', async () => (await service.get(path)).body.decisions?.at(-1).action === 'withdraw');
}));

test('a page with a policy is loaded anew at once, and the next one clears away', visitor('policy', async (visit) => {
  await visit.open(`${host.origin}/policy`);
  await visit.banner().waitFor();
  await visit.page.evaluate(() => window.sekisho.acceptAll());
  await visit.untilRan(['probe', 'peer']);
  await written(visit);
  let loads = 0;
  visit.page.on('load', () => loads++);
  await visit.page.evaluate(() => window.sekisho.withdraw());
  await visit.untilHeld(['probe', 'peer']);
  assert.deepEqual((await withdrawn(visit)).leftovers, []);
  await visit.settle();
  assert.equal(loads, 1);
  assert.deepEqual((await names(visit)).filter((name) => !name.startsWith('sekisho')), []);
}));

test('a page with a policy in another tab is loaded anew as well', visitor('policy elsewhere', async (visit) => {
  await visit.open(`${host.origin}/policy`);
  await visit.banner().waitFor();
  await visit.page.evaluate(() => window.sekisho.acceptAll());
  await visit.untilRan(['probe', 'peer']);
  await visit.untilRecorded();
  const other = new Visit(visit.context, await visit.context.newPage(), recorder);
  await other.open(`${host.origin}/policy`);
  await other.untilRan(['probe', 'peer']);
  let loads = 0;
  other.page.on('load', () => loads++);
  await visit.page.evaluate(() => window.sekisho.withdraw());
  await other.untilHeld(['probe', 'peer']);
  await until('the page to be there', () => loads);
  await other.settle();
  assert.equal(loads, 1);
  assert.deepEqual(await other.ran(), []);
}));

test('a running tag that takes consent is told; one that never ran is not', visitor('told', async (visit) => {
  await visit.open(`${host.origin}/clarity`);
  await visit.choose('reject-all');
  await withdrawn(visit);
  assert.deepEqual(await visit.page.evaluate(() => window.told), []);
  await visit.page.evaluate(() => window.sekisho.acceptAll());
  await visit.untilRan(['microsoft-clarity']);
  await visit.page.evaluate(() => window.sekisho.withdraw());
  await withdrawn(visit, 2);
  assert.deepEqual(await visit.page.evaluate(() => window.told), [['consentv2', { ad_Storage: 'denied', analytics_Storage: 'denied' }]]);
}));
