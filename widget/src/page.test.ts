// The page's API and what happens behind it, with a gate that only notes what it is told. Real tags are in e2e.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { decode } from './consent/cookie';
import { open } from './late';
import { start, type PageAPI } from './page';
import { browser, settle, until } from './testdata/browser';
import { Flag, type GateOptions, type Host, type Site, type UI } from './types';

let world: ReturnType<typeof browser>;
let log: string[];
let gate: GateOptions;
let hosts: Host[];
/** What the banner's file draws, as far as the page touches it. */
let ui: { root: EventTarget; update(): void };
let shown: unknown[][];
/** What the file was told that clears away: the page's core, the tags that were let go, whether somebody has just decided. */
let cleared: [unknown, unknown, boolean][];
let down: boolean;
let files = 0;

/** A module of the service: the code is its own address, and a comment makes each page's address its own. */
const module = (code: string) => `if (globalThis.loading()) ${'throw new Error("down")'}; ${code} // ${++files}`;

const site = (change: Partial<Site> = {}): Site => ({
  key: 'shop',
  server: 'data:text/javascript,',
  revision: 1,
  mode: 0,
  strict: false,
  paused: false,
  expiry: 6,
  domain: '',
  vendors: [
    ['need', 0, 1, Flag.Necessary],
    ['count', 1, 1, 0],
    ['ads', 2, 1, Flag.Signal],
  ],
  rules: '',
  hosts: [],
  // The name of the part comes last in its address, behind the comment's slashes.
  parts: module(`const part = globalThis.loaded(import.meta.url.split('/').at(-1).split('.js')[0]);
    export const { follow, release, open } = globalThis.second; export default globalThis.second[part];`) + '/',
  languages: ['ja', 'en'],
  ...change,
});

const page = (of = site()): PageAPI =>
  start(
    of,
    (options) => {
      gate = options;
      log.push('gate');
      return { update: () => void log.push('update'), queue: new Map(), options };
    },
    () => -1,
  );
const allowed = () => [0, 1, 2].filter((vendor) => gate.allowed(vendor));
const stored = () => decode(world.jar.get().replace('sekisho=', ''));
const queue = () => JSON.parse(world.storage.getItem('sekisho.queue') || '[]');
/** What was loaded and drawn, in order. */
const seen = () => log.filter((entry) => entry != 'update');

/** A page whose first layer is drawn. */
const drawn = async (of = site()) => {
  const api = page(of);
  await api.ready;
  return api;
};
/** A new page of the same visitor. */
const next = (of = site(), own: unknown = null) => {
  world = browser(undefined, world);
  world.root.own = own;
  log.length = hosts.length = 0;
  return page(of);
};
/** So many requests to the service. */
const sent = (n: number) => until(`${n} requests`, () => world.sent.length >= n);

beforeEach(async () => {
  // What the pages of the last test still do, they do to their own browser.
  for (let i = 0; i < 5; i++) await settle();
  world = browser();
  log = [];
  hosts = [];
  shown = [];
  cleared = [];
  down = false;
  // It listens from the moment on at which it is loaded.
  const { follow } = await import('./decided');
  Object.assign(globalThis, {
    loading: () => down,
    loaded(name: string) {
      if (name != 'withdrawal') log.push(name);
      return name.split('.')[0];
    },
    second: {
      open,
      follow,
      release: () => () => {},
      banner(host: Host) {
        hosts.push(host);
        log.push('draw');
        return (ui = { root: new EventTarget(), update() {} }) as unknown as UI;
      },
      preferences: (...given: unknown[]) => shown.push(given),
      withdrawal: (...given: [unknown, unknown, boolean]) => cleared.push(given),
    },
  });
});

test('a first visit: the gate stands at once, then the banner', async () => {
  const api = page();
  assert.deepEqual(log, ['gate']);
  assert.deepEqual(allowed(), [0]);
  assert.deepEqual(api.consents(), { need: 'granted', count: 'unasked', ads: 'unasked' });
  await api.ready;
  assert.deepEqual(log, ['gate', 'banner.en', 'draw']);
  assert.deepEqual(hosts[0].unasked(), ['count', 'ads']);
  assert.deepEqual([hosts[0].decided(), hosts[0].visitor()], [undefined, '']);
  await world.paint();
  assert.equal(log.length, 3, 'whoever does not touch the banner pays for no more');
  ui.root.dispatchEvent(new Event('pointerover'));
  await until('the fourth file', () => log.length > 3);
  assert.deepEqual(log.slice(3), ['decided'], 'loaded ahead of need');
  assert.equal(world.jar.get(), '', 'nobody is given an id before deciding');
  assert.equal(world.storage.items.size, 0);
  assert.equal(world.sent.length, 0);
});

test('a decision: written, told, released after the next paint, sent', async () => {
  const api = await drawn();
  ui.root.dispatchEvent(new Event('focusin'));
  await until('the fourth file', () => log.includes('decided'));
  log.length = 0;
  let cookieThen;
  api.on('consent', ({ consents }) => {
    cookieThen = stored();
    log.push(JSON.stringify(consents));
  });
  const told: unknown[] = [];
  world.document.addEventListener('sekisho:consent', (event) => told.push((event as CustomEvent).detail));
  const before = Date.now();
  api.acceptAll();
  assert.ok(cookieThen, 'written before anybody is told');
  assert.deepEqual(log, ['{"need":"granted","count":"granted","ads":"granted"}']);
  assert.deepEqual(told, [{ consents: api.consents() }]);
  assert.deepEqual(allowed(), [0, 1, 2]);
  const [body] = queue();
  assert.match(body.id, /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  const time = parseInt(body.id.replace('-', '').slice(0, 12), 16);
  assert.ok(time >= before && time <= Date.now(), 'the id begins with the time');
  assert.match(body.visitor, /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  assert.equal(body.visitor, hosts[0].visitor());
  assert.equal(new Date(body.at).getTime(), time);
  assert.deepEqual({ ...body, id: 0, visitor: 0, at: 0 }, {
    id: 0, visitor: 0, at: 0,
    sequence: 1, revision: 1, action: 'accept-all', granted: ['count', 'ads'], denied: [], language: 'en', layer: 0, page: '/cart',
  });
  assert.equal(world.sent.length, 0);
  await world.paint();
  await until('the queue to be empty', () => !queue().length);
  assert.deepEqual(new Set(log.slice(1)), new Set(['update']));
  assert.deepEqual(world.sent.map((sent) => sent.body), [body]);
  assert.equal(world.sent[0].init.credentials, 'omit');
  assert.deepEqual(queue(), []);
});

test('reject, withdraw, save: who is named and what follows', async () => {
  const api = await drawn();
  const bodies = () => queue().map((body: any) => [body.sequence, body.action, body.granted, body.denied]);
  await api.rejectAll();
  assert.deepEqual(allowed(), [0]);
  await api.save({ ads: true });
  assert.deepEqual(api.consents(), { need: 'granted', count: 'denied', ads: 'granted' });
  await api.save({ count: true, ads: false });
  assert.deepEqual(allowed(), [0, 1]);
  await api.withdraw();
  assert.deepEqual(api.consents(), { need: 'granted', count: 'denied', ads: 'denied' });
  assert.deepEqual(bodies(), [
    [1, 'reject-all', [], ['count', 'ads']],
    [2, 'save', ['ads'], []],
    [3, 'save', ['count'], ['ads']],
    [4, 'withdraw', [], ['count', 'ads']],
  ]);
  const { sequence, revision, unanswered } = stored()!;
  assert.deepEqual([sequence, revision, unanswered.size], [4, 1, 0]);
  assert.equal(new Set(queue().map((body: any) => body.visitor)).size, 1);
});

for (const [name, choices] of Object.entries({
  'an unknown vendor': { ads: true, nobody: true },
  'a necessary vendor': { need: false },
  'a name of every object': { constructor: true },
  'a word for a choice': { ads: 'yes' },
  'a number for a choice': { ads: 1 },
  'nothing for a choice': { ads: undefined },
})) {
  test(`save with ${name} is a TypeError, and nothing is kept`, async () => {
    const api = await drawn();
    await assert.rejects(() => api.save(choices as any), TypeError);
    assert.equal(world.jar.get(), '');
    assert.deepEqual(queue(), []);
    assert.deepEqual(allowed(), [0]);
  });
}

test('save of nothing decides nothing', async () => {
  const api = await drawn();
  await api.save({});
  assert.equal(world.jar.get(), '');
});

test('a returning visitor pays for the first file alone, then the way back in is drawn', async () => {
  await (await drawn()).acceptAll();
  world.storage.removeItem('sekisho.queue');
  const api = next();
  await api.ready;
  assert.deepEqual(seen(), ['gate']);
  assert.deepEqual(allowed(), [0, 1, 2]);
  assert.deepEqual(api.consents(), { need: 'granted', count: 'granted', ads: 'granted' });
  await world.event('pageshow');
  assert.deepEqual(seen(), ['gate']);
  await world.rest();
  await until('the way back in', () => log.includes('draw'));
  assert.deepEqual(seen(), ['gate', 'banner.en', 'draw']);
  assert.deepEqual([hosts[0].unasked(), !!hosts[0].decided()], [[], true]);
  assert.ok(Math.abs(hosts[0].decided()!.at * 1e3 - Date.now()) < 2000);
});

test('a page with its own way back in loads nothing until it is clicked', async () => {
  await (await drawn()).acceptAll();
  world.storage.removeItem('sekisho.queue');
  next(site(), {});
  await world.event('pageshow');
  await world.rest();
  assert.deepEqual(seen(), ['gate']);
  const link = { name: 'link' };
  const inside = { closest: (selector: string) => (assert.equal(selector, '[data-sekisho=open]'), link) };
  assert.equal(await world.click(inside), true, 'a link leads nowhere else');
  await until('the preferences', () => shown.length);
  assert.deepEqual(seen().slice(1), ['banner.en', 'preferences.en', 'draw']);
  assert.equal(shown.length, 1);
  assert.equal(shown[0][2], link);
});

test('clicks elsewhere load nothing', async () => {
  await drawn();
  assert.equal(await world.click({ closest: () => null }), false);
  assert.equal(await world.click({}), false);
  assert.deepEqual(shown, []);
});

test('open() shows the preferences', async () => {
  const api = page();
  await api.open();
  assert.equal(shown.length, 1);
  assert.equal(shown[0][0], hosts[0]);
  assert.equal(shown[0][2], null);
});

test('a new vendor is asked about alone, and other answers stay', async () => {
  await (await drawn()).save({ count: true, ads: false });
  const vendors = [...site().vendors, ['new', 3, 2, 0] as Site['vendors'][0]];
  const api = next(site({ revision: 2, vendors }));
  await api.ready;
  assert.deepEqual(hosts[0].unasked(), ['new']);
  hosts[0].decide('accept-all', { new: true }, 1);
  const body = queue().at(-1);
  assert.deepEqual([body.granted, body.denied, body.layer, body.revision, body.sequence], [['new'], [], 1, 2, 2]);
  assert.deepEqual(api.consents(), { need: 'granted', count: 'granted', ads: 'denied', new: 'granted' });
  assert.equal(stored()!.revision, 2);
});

test('by script, a decision before its file is there: a denial holds at once', async () => {
  await (await drawn()).acceptAll();
  const api = next();
  assert.deepEqual(allowed(), [0, 1, 2]);
  const done = api.withdraw();
  assert.deepEqual(allowed(), [0], 'necessary ones go on');
  await done;
  assert.deepEqual(api.consents(), { need: 'granted', count: 'denied', ads: 'denied' });
  assert.deepEqual(allowed(), [0]);
  assert.equal(stored()!.sequence, 2);
});

test('a decision that cannot be kept says so, and only what is necessary passes', async () => {
  await (await drawn()).acceptAll();
  down = true;
  const api = next();
  await assert.rejects(api.withdraw());
  assert.deepEqual(allowed(), [0]);
  down = false;
  await api.withdraw();
  assert.deepEqual(api.consents(), { need: 'granted', count: 'denied', ads: 'denied' });
});

test('service down: no banner, tags wait, the page goes on; later it comes back', async () => {
  down = true;
  const api = page();
  await api.ready;
  await world.event('online');
  await world.rest();
  await until('the warning', () => world.warnings.length);
  assert.deepEqual(seen(), ['gate']);
  assert.deepEqual(allowed(), [0]);
  assert.equal(world.warnings.length, 1);
  down = false;
  await world.event('online');
  await world.rest();
  await until('the banner', () => log.includes('draw'));
  assert.deepEqual(seen(), ['gate', 'banner.en', 'draw']);
});

test('a decision waits for the service and is sent by a later page', async () => {
  const api = await drawn();
  world.answer = async () => {
    throw new TypeError('Failed to fetch');
  };
  down = true;
  await api.acceptAll();
  await world.paint();
  assert.deepEqual(allowed(), [0, 1, 2]);
  assert.equal(queue().length, 1);
  const [{ id }] = queue();
  down = false;
  const later = next();
  const receipts: any[] = [];
  later.on('recorded', (detail) => receipts.push(detail));
  await world.event('pageshow');
  await world.rest();
  await until('the receipt', () => receipts.length);
  assert.deepEqual(queue(), []);
  assert.deepEqual(receipts, [{ id, receipt: { id } }]);
});

test('another tab decides: told, and released after the next paint', async () => {
  const api = await drawn();
  const first = world.jar.get();
  const other = page();
  await other.ready;
  log.length = 0;
  const seen: unknown[] = [];
  api.on('consent', (detail) => seen.push(detail));
  await other.acceptAll();
  assert.notEqual(world.jar.get(), first);
  seen.length = 0;
  assert.deepEqual(api.consents().ads, 'unasked');
  await world.event('storage', { key: 'sekisho' });
  assert.deepEqual(seen, [{ consents: { need: 'granted', count: 'granted', ads: 'granted' } }]);
  await world.event('storage', { key: 'sekisho' });
  assert.equal(seen.length, 1, 'told once');
});

test('after a denial what was left behind is cleared away; on a later page where the decision had to wait', async () => {
  const api = await drawn();
  await api.acceptAll();
  await world.paint();
  await until('the queue to be empty', () => !queue().length);
  assert.equal(cleared.length, 0, 'nobody is denied');
  world.answer = async () => {
    throw new TypeError('Failed to fetch');
  };
  await api.save({ ads: false });
  await world.paint();
  await until('the file', () => cleared.length);
  assert.deepEqual(cleared.splice(0).map(([, , decided]) => decided), [true]);
  assert.equal(queue().length, 1);

  next();
  await world.event('pageshow');
  await world.rest();
  await until('the file', () => cleared.length);
  assert.deepEqual(cleared.splice(0).map(([, , decided]) => decided), [false]);
  await until('the queue to be empty', () => !queue().length);

  next();
  await world.event('pageshow');
  await world.rest();
  assert.equal(cleared.length, 0, 'nothing is left to do');
});

test('a page that comes back from the history reads again', async () => {
  const api = await drawn();
  const later = page();
  await later.ready;
  await later.rejectAll();
  assert.equal(api.consent('ads'), 'unasked');
  await world.event('pageshow', { persisted: true });
  assert.equal(api.consent('ads'), 'denied');
});

for (const [where, event, detail] of [
  ['another tab', 'storage', { key: 'sekisho', newValue: null }],
  ['a later page of the history', 'pageshow', { persisted: true }],
] as const)
  test(`what was erased in ${where} is asked again, and not brought back`, async () => {
    const api = await drawn();
    await api.acceptAll();
    const history = event == 'pageshow';
    if (history) {
      await world.event('pagehide', { persisted: true });
      await world.event('visibilitychange');
    }
    world.jar.cookies.clear();
    world.storage.removeItem('sekisho');
    if (history) await world.event('visibilitychange');
    await world.event(event, detail);
    await world.event('visibilitychange');
    await world.rest();
    assert.equal(api.consent('ads'), 'unasked');
    assert.equal(hosts[0].visitor(), '');
    assert.deepEqual([world.jar.get(), world.storage.getItem('sekisho')], ['', null]);
  });

test('a page out of the history may be shown the mirror of before it left: without the cookie that counts for nothing', async () => {
  const api = await drawn();
  await api.acceptAll();
  await world.event('pagehide', { persisted: true });
  world.jar.cookies.clear();
  await world.event('visibilitychange');
  await world.event('pageshow', { persisted: true });
  await world.rest();
  assert.equal(api.consent('ads'), 'unasked');
  assert.equal(world.jar.get(), '', 'it is written back');
  // A choice on this page counts as on any other.
  await api.rejectAll();
  await world.event('visibilitychange');
  assert.equal(api.consent('ads'), 'denied');
});

for (const mode of [0, 1] as const)
  test(`what no storage takes holds until the page is left for good, and over the history, in mode ${mode}`, async () => {
    world.storageFault = true;
    world.jar.fault = 'throws';
    const api = await drawn(site({ mode }));
    await api.rejectAll();
    for (const [event, detail] of [['pagehide', { persisted: true }], ['visibilitychange'], ['pageshow', { persisted: true }], ['visibilitychange'], ['online']] as const) {
      await world.event(event, detail);
      assert.equal(api.consent('ads'), 'denied', event);
      assert.deepEqual(allowed(), [0], event);
    }
  });

test('GPC denies whom it is about until the visitor says otherwise', async () => {
  world.navigator.globalPrivacyControl = true;
  const api = await drawn();
  assert.deepEqual(api.consents(), { need: 'granted', count: 'unasked', ads: 'denied' });
  assert.deepEqual([hosts[0].unasked(), hosts[0].signalled()], [['count'], ['ads']]);
  await api.save({ ads: true });
  assert.equal(api.consent('ads'), 'granted');
  assert.deepEqual([...stored()!.unanswered], [1]);
  assert.deepEqual(hosts[0].signalled(), []);
});

test('paused: nothing is shown, nothing passes, denials stay', async () => {
  await (await drawn()).acceptAll();
  const api = next(site({ paused: true }));
  await api.ready;
  await world.event('pageshow');
  await world.rest();
  assert.deepEqual(allowed(), [0]);
  await api.open();
  assert.deepEqual([hosts, shown], [[], []]);
  await api.withdraw();
  assert.deepEqual(api.consents(), { need: 'granted', count: 'denied', ads: 'denied' });
});

for (const mode of [1, 2] as const) {
  test(`tags run by default in mode ${mode}, but not over what cannot be read`, async () => {
    page(site({ mode }));
    assert.deepEqual(allowed(), [0, 1, 2]);
    world.jar.set('sekisho=garbage');
    const api = next(site({ mode }));
    assert.deepEqual(allowed(), [0]);
    await api.rejectAll();
    assert.deepEqual(allowed(), [0]);
    await api.acceptAll();
    assert.deepEqual(allowed(), [0, 1, 2]);
  });
}

test('a fault while reading leaves everything held', () => {
  Object.defineProperty(world.navigator, 'globalPrivacyControl', {
    get() {
      throw new Error('a page that breaks things');
    },
  });
  page(site({ mode: 1 }));
  assert.deepEqual(allowed(), []);
});

test('the language: the page’s, else the visitor’s, else the first', async () => {
  for (const [lang, languages, want] of [
    ['ja', ['en'], 'ja'],
    ['en-GB', ['ja'], 'en'],
    ['JA-jp', [], 'ja'],
    ['fr', ['de', 'en-US', 'ja'], 'en'],
    ['', ['ja-JP', 'en'], 'ja'],
    ['', ['fr', 'de'], 'ja'],
    ['', [], 'ja'],
  ] as const) {
    world = browser();
    log = [];
    world.root.lang = lang;
    world.navigator.languages = languages;
    await drawn();
    assert.deepEqual(log.slice(0, 2), ['gate', 'banner.' + want], `${lang} ${languages}`);
  }
});

test('no storage at all: the decision lives as long as the page', async () => {
  world.storageFault = true;
  world.jar.fault = 'throws';
  const api = await drawn();
  await api.acceptAll();
  await world.event('visibilitychange');
  assert.equal(api.consent('ads'), 'granted');
  assert.deepEqual(allowed(), [0, 1, 2]);
  await world.paint();
  await sent(1);
  await api.rejectAll();
  assert.deepEqual(allowed(), [0]);
  assert.ok(hosts[0].decided());
});

test('in first-party mode the domain owns the cookie, and an older one that the answer sets is put right', async () => {
  const shared = site({ domain: 'example.jp' });
  const api = await drawn(shared);
  await world.paint();
  await api.acceptAll();
  const own = world.jar.get();
  assert.match(world.jar.writes.at(-1)!, /; Domain=example\.jp$/);
  await world.paint();
  await until('the queue to be empty', () => !queue().length);
  assert.equal(world.sent[0].init.credentials, 'include');
  const older = own;
  world.answer = async ({ body }) => {
    world.jar.set(older + '; Domain=example.jp');
    return Response.json({ id: body.id });
  };
  await api.rejectAll();
  const newer = world.jar.get();
  await world.paint();
  await until('the queue to be empty', () => !queue().length);
  assert.equal(world.jar.get(), newer);
  assert.equal(api.consent('ads'), 'denied');
});

for (const [host, domain, want] of [
  ['www.example.jp', 'example.jp', true],
  ['example.jp', 'example.jp', true],
  ['badexample.jp', 'example.jp', false],
  ['example.jp.evil.test', 'example.jp', false],
  ['shop.test', '', false],
  ['127.0.0.1', '127.0.0.1', true],
] as const) {
  test(`first-party mode on ${host} with domain "${domain}": ${want}`, async () => {
    world = browser(host);
    const api = await drawn(site({ domain }));
    await world.paint();
    await api.acceptAll();
    await world.paint();
    await sent(1);
    assert.equal(world.sent[0].init.credentials, want ? 'include' : 'omit');
  });
}

test('lost cookies come back from the mirror, a lost mirror from the cookie', async () => {
  await (await drawn()).acceptAll();
  const { items } = world.storage;
  world.jar.cookies.clear();
  let api = next();
  assert.equal(api.consent('ads'), 'granted');
  await world.event('pageshow');
  await world.rest();
  await until('the cookie', stored);
  assert.equal(stored()!.value, items.get('sekisho'));
  items.delete('sekisho');
  api = next();
  assert.equal(api.consent('ads'), 'granted');
});

test('what the gate says reaches the page, by vendor id', async () => {
  const api = page();
  const seen: unknown[] = [];
  for (const event of ['held', 'released', 'unknown-host']) api.on(event, (detail) => seen.push([event, detail]));
  gate.onHeld({ vendor: 2, kind: 'script', url: 'https://a.test/x.js' });
  gate.onHeld({ vendor: -1, kind: 'img', url: 'https://b.test/' });
  gate.onReleased({ vendor: 2, kind: 'script', url: 'https://a.test/x.js' });
  gate.onUnknown('b.test', 'img');
  assert.deepEqual(seen, [
    ['held', { vendor: 'ads', kind: 'script', url: 'https://a.test/x.js' }],
    ['held', { vendor: undefined, kind: 'img', url: 'https://b.test/' }],
    ['released', { vendor: 'ads', kind: 'script', url: 'https://a.test/x.js' }],
    ['unknown-host', { host: 'b.test', kind: 'img' }],
  ]);
  assert.deepEqual([gate.vendor('ads'), gate.vendor('nobody')], [2, -1]);
  for (const host of ['www.example.jp', 'a.www.example.jp']) assert.ok(gate.own(host), host);
  for (const host of ['example.jp', 'xwww.example.jp', '']) assert.ok(!gate.own(host), host);
});

test('on() returns the way to stop', () => {
  const api = page();
  let n = 0;
  const stop = api.on('unknown-host', () => n++);
  gate.onUnknown('a.test', 'img');
  stop();
  gate.onUnknown('b.test', 'img');
  assert.equal(n, 1);
});

test('consent() of an id that the site does not have', () => {
  const api = page();
  for (const id of ['nobody', 'constructor', '__proto__', '']) assert.equal(api.consent(id), 'unasked');
});

test('in a hidden tab nothing waits for a paint that does not come', async () => {
  const api = await drawn();
  world.document.hidden = true;
  await api.acceptAll();
  await sent(1);
  assert.ok(log.includes('update'));
});

test('added after the page has loaded', async () => {
  await (await drawn()).acceptAll();
  world.storage.removeItem('sekisho.queue');
  world = browser(undefined, world);
  log.length = 0;
  world.document.readyState = 'complete';
  page();
  await world.rest();
  await until('the way back in', () => log.includes('draw'));
  assert.deepEqual(seen(), ['gate', 'banner.en', 'draw']);
});

test('a site without anybody to ask about shows nothing', async () => {
  const api = page(site({ vendors: [['need', 0, 1, Flag.Necessary]] }));
  await api.ready;
  await world.event('pageshow');
  await world.rest();
  await api.acceptAll();
  assert.equal(world.jar.get(), '');
  assert.deepEqual(hosts, []);
});
