import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { encode } from '../consent/encode';
import { browser, settle, FakeStorage } from '../testdata/browser';
import { Flag, type Site } from '../types';
import { keep, type Config } from './keep';

const site = {
  domain: '',
  expiry: 6,
  vendors: [
    ['need', 0, 1, Flag.Necessary],
    ['told', 1, 1, Flag.Early],
    ['ads', 7, 1, Flag.Signal],
    ['count', 3, 1, 0],
  ],
} as unknown as Site;
const sources: [policy: string, grants: [string, string][]] = ["default-src 'self'", [['3', 'count.example'], ['7', 'ads.example *.ads.example'], ['3.7', 'both.example']]];
const optIn: Config = ['.', '.', 'aaaaaaaa', ...sources];
const optOut: Config = ['.3.7.', '.3.', 'aaaaaaaa', ...sources];

let world: ReturnType<typeof browser>;
let session: FakeStorage;
let reloads: number;
/** Positions of vendors that the gate would let through. */
let open: number[];
/** Policies that were put into the page, and what is left of their elements. */
let policies: string[];
let left: object[];
let gate: { options: { allowed(vendor: number): boolean } };

/** A page of the same browser; `found` is what its policy was chosen by. */
const page = (config: Config = optIn, on = site) => {
  const { jar, storage } = world;
  const { location, navigator } = world;
  world = browser(location.hostname, { jar, storage });
  Object.assign(world.location, { protocol: location.protocol, reload: () => reloads++ });
  world.navigator.globalPrivacyControl = navigator.globalPrivacyControl;
  policies = [];
  left = [];
  const put = (meta: any) => {
    assert.equal(meta.httpEquiv, 'Content-Security-Policy');
    policies.push(meta.content);
    left.push(meta);
  };
  const make = () => ({ remove: () => left.pop() });
  Object.assign(world.document, { createElement: make, head: { prepend: put } });
  // Timers of no time, without Node's millisecond: what is waited for is there when the browser has settled.
  Object.defineProperty(globalThis, 'setTimeout', { configurable: true, value: setImmediate });
  Object.defineProperty(globalThis, 'sessionStorage', { configurable: true, value: session });
  gate = { options: { allowed: (vendor) => open.includes(vendor) } };
  (globalThis as any)[Symbol.for('sekisho')] = gate;
  keep(on, config);
};
const passes = () => [0, 1, 2, 3].filter((vendor) => gate.options.allowed(vendor));
const chosen = async (now: number[]) => {
  open = now;
  await world.event('sekisho:consent');
  await new Promise((done) => setImmediate(done));
  await settle();
};
const cookie = () => /sekisho_allowed=([^;]*)/.exec(world.jar.get())?.[1];
/** A decision of ten days ago is in the store. */
const decided = () => {
  const kept = {
    visitor: String.fromCharCode(1, 1, 2, 3, 4, 5, 6, 64, 8, 128, 10, 11, 12, 13, 14, 15, 16),
    sequence: 3, revision: 1, at: Math.floor(Date.now() / 1e3) - 864000, granted: '\x88', unanswered: new Set<number>(),
  };
  world.storage.setItem('sekisho', encode(kept));
};

beforeEach(() => {
  world = browser();
  session = new FakeStorage();
  reloads = 0;
  open = [0, 1];
});

test('before a choice there is no cookie, and nothing is loaded anew', () => {
  page();
  assert.deepEqual([cookie(), reloads, passes()], [undefined, 0, [0, 1]]);
  assert.deepEqual(world.jar.writes, []);
});

test('a choice is written at once; tags wait for the page that is loaded anew', async () => {
  page();
  decided();
  open = [0, 1, 2, 3];
  world.win.dispatchEvent(new Event('sekisho:consent'));
  assert.equal(cookie(), '.3.7.', 'by index, whatever the order of vendors');
  assert.deepEqual(passes(), [0, 1]);
  assert.equal(reloads, 0, 'the decision has yet to be queued');
  await chosen(open);
  assert.equal(reloads, 1);
  page();
  assert.deepEqual([reloads, passes(), session.items.size], [1, [0, 1, 2, 3], 0]);
});

test('what is withdrawn is gone before anybody else hears of it', async () => {
  decided();
  open = [0, 1, 3];
  world.jar.set('sekisho_allowed=.3.');
  page();
  assert.deepEqual(passes(), [0, 1, 3]);
  let heard: string | undefined = 'nothing';
  addEventListener('sekisho:consent', () => (heard = cookie()));
  await chosen([0, 1]);
  assert.deepEqual([heard || undefined, cookie() || undefined, reloads], [undefined, undefined, 1]);
});

test('a choice that changes nothing loads nothing', async () => {
  page();
  await chosen([0, 1]);
  assert.deepEqual([cookie(), reloads], [undefined, 0]);
});

test('it lives as long as the decision, and where the decision lives', async () => {
  page(optIn, { ...site, domain: 'example.jp' });
  decided();
  await chosen([0, 1, 3]);
  const written = world.jar.writes.find((text) => text.includes('.3.'))!;
  const age = +/Max-Age=(\d+)/.exec(written)![1]!;
  assert.ok(Math.abs(age - 170 * 86400) < 5, `${age} s`);
  assert.match(written, /^sekisho_allowed=\.3\.; Path=\/; SameSite=Lax; Max-Age=\d+; Secure; Domain=example\.jp$/);
  assert.equal(world.jar.get().split('; ').filter((one) => one == 'sekisho_allowed=.3.').length, 1);
});

test('a domain that the browser refuses leaves it to the host', async () => {
  page(optIn, { ...site, domain: 'example.jp' });
  decided();
  world.jar.domains = [];
  await chosen([0, 1, 3]);
  assert.equal(cookie(), '.3.');
});

for (const value of ['.3.x', '3.', 'garbage', '.3', '']) {
  test(`${JSON.stringify(value)} in the cookie allows nobody`, () => {
    world.jar.set('sekisho_allowed=' + value);
    open = [0, 1, 3];
    decided();
    page();
    assert.deepEqual([passes(), cookie(), reloads], [[0, 1], '.3.', 1], 'and is put right');
  });
}

test('two that differ allow nobody', () => {
  world.jar.set('sekisho_allowed=.3.');
  world.jar.set('sekisho_allowed=.7.; Domain=example.jp');
  open = [0, 1, 2, 3];
  page();
  assert.deepEqual(passes(), [0, 1]);
});

test('a browser that keeps no cookie, or loses it, loads nothing for ever', async () => {
  page();
  decided();
  world.jar.fault = 'ignores';
  await chosen([0, 1, 3]);
  assert.equal(reloads, 0, 'ignored');
  world.jar.fault = '';
  await chosen([0, 1, 3]);
  assert.equal(reloads, 1, 'taken');
  for (let i = 0; i < 3; i++) {
    world.jar.cookies.clear();
    page();
  }
  assert.equal(reloads, 1, 'lost each time');
  page();
  assert.deepEqual([passes(), session.items.size], [[0, 1, 3], 0], 'kept at last');
});

test('nothing throws where cookies and storage are refused', () => {
  world.jar.fault = 'throws';
  world.storageFault = true;
  open = [0, 1, 3];
  page();
  assert.deepEqual([reloads, passes()], [0, [0, 1]]);
});

test('a choice in another tab is written, and waits for this one’s next page', async () => {
  page();
  decided();
  open = [0, 1, 3];
  addEventListener('storage', () => world.win.dispatchEvent(new Event('sekisho:consent')));
  await world.event('storage');
  await settle();
  assert.deepEqual([cookie(), reloads, passes()], ['.3.', 0, [0, 1]]);
});

test('opt-out: no cookie means all, a denial is written, an unreadable decision is one', async () => {
  open = [0, 1, 2, 3];
  page(optOut);
  assert.deepEqual([cookie(), reloads, passes()], [undefined, 0, [0, 1, 2, 3]]);
  decided();
  await chosen([0, 1]);
  assert.deepEqual([cookie(), reloads], ['.', 1]);
  page(optOut);
  assert.deepEqual([passes(), reloads], [[0, 1], 1]);
});

test('opt-out with Global Privacy Control: what that leaves needs no cookie', () => {
  world.navigator.globalPrivacyControl = true;
  open = [0, 1, 3];
  page(optOut);
  assert.deepEqual([cookie(), reloads, passes()], [undefined, 0, [0, 1, 3]]);
});

for (const [what, config, value, now, granted] of [
  ['no choice', optIn, '', [0, 1], ''],
  ['one vendor', optIn, '.3.', [0, 1, 3], ' count.example'],
  ['the other, whose index ends as its', optIn, '.7.', [0, 1, 2], ' ads.example *.ads.example'],
  ['all', optIn, '.3.7.', [0, 1, 2, 3], ' count.example ads.example *.ads.example both.example'],
  ['a cookie that says more than the decision', optIn, '.3.7.', [0, 1, 3], ' count.example'],
  ['a decision that says more than the cookie', optIn, '.3.', [0, 1, 2, 3], ' count.example'],
  ['a cookie of vendors that are gone', optIn, '.13.37.', [0, 1, 2, 3], ''],
  ['a cookie that cannot be read', optIn, '3.7', [0, 1, 2, 3], ''],
  ['opt-out', optOut, '', [0, 1, 2, 3], ' count.example ads.example *.ads.example both.example'],
  ['opt-out, and a denial', optOut, '.', [0, 1], ''],
] as const) {
  test(`the policy of a page without one: ${what}`, () => {
    if (value) world.jar.set('sekisho_allowed=' + value);
    open = [...now];
    page(config);
    assert.deepEqual([policies, left], [["default-src 'self'" + granted], []], 'one, whose element is gone');
  });
}

test('a page that brings its policy gets no second one', () => {
  page();
  world.root.own = { getAttribute: () => 'aaaaaaaa' };
  policies = [];
  keep(site, optIn);
  assert.deepEqual(policies, []);
});

test('an older paste is said', () => {
  for (const [hash, said] of [['aaaaaaaa', 0], ['bbbbbbbb', 1]] as const) {
    page();
    world.root.own = { getAttribute: () => hash };
    keep(site, optIn);
    assert.equal(world.warnings.length, said);
  }
});
