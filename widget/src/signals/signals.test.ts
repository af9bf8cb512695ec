// Each signal against the vendor's official snippet and a stand-in that reads its queue as the library does: the order
// of calls is the contract. Real pages are in e2e.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { encode } from '../consent/encode';
import { browser } from '../testdata/browser';
import { start as open } from '../page';
import clarity, { deny as denyClarity } from './clarity';
import datalayer from './datalayer';
import google, { deny as denyGoogle } from './google';
import matomo, { deny as denyMatomo } from './matomo';
import meta, { deny as denyMeta } from './meta';
import tiktok, { deny as denyTikTok } from './tiktok';
import uet, { deny as denyUET } from './uet';

type Words = Record<string, 'granted' | 'denied' | 'unasked'>;

const globals = globalThis as any;
let world: ReturnType<typeof browser>;
let listeners: (() => void)[];
/** What the page API says. */
let consents: Words;

beforeEach(() => {
  world = browser();
  listeners = [];
  for (const name of ['dataLayer', 'clarity', 'uetq', 'ttq', 'fbq', '_fbq', '_paq', 'UET']) delete globals[name];
  globals.sekisho = {
    consents: () => ({ ...consents }),
    on: (event: string, fn: () => void) => event == 'consent' && listeners.push(fn),
  };
  page();
});

/** The page reads what is stored. */
const page = () =>
  open(
    { key: 'k', server: '', revision: 1, mode: 1, expiry: 6, domain: '', vendors: [], rules: '', hosts: [], parts: '', languages: ['en'] },
    (options) => ({ update() {}, queue: new Map(), options }),
    () => -1,
  );

/** The visitor chooses, or a wake finds another choice. */
const choose = (next: Words) => {
  consents = next;
  for (const fn of listeners) fn();
};
const plain = (calls: Iterable<unknown>) => JSON.parse(JSON.stringify([...calls].map((call) => [...(call as [])])));

const V = { vendors: ['v'] };
const RUNS = { ...V, runs: true };

/** Protocols that say one word about one vendor: what they push, in the terms of their own queue. */
const PROTOCOLS: Record<string, { start: (config: any) => void; calls: () => unknown[]; first: unknown[]; yes: unknown[]; no: unknown[] }> = {
  clarity: {
    start: clarity,
    calls() {
      if (!globals.clarity) recorder();
      return plain(globals.clarity.q || []);
    },
    first: [['consentv2', { ad_Storage: 'denied', analytics_Storage: 'denied' }]],
    yes: [['consentv2', { ad_Storage: 'denied', analytics_Storage: 'granted' }]],
    no: [['consentv2', { ad_Storage: 'denied', analytics_Storage: 'denied' }]],
  },
  uet: {
    start: uet,
    calls: () => globals.uetq,
    first: ['consent', 'default', { ad_storage: 'denied' }],
    yes: ['consent', 'update', { ad_storage: 'granted' }],
    no: ['consent', 'update', { ad_storage: 'denied' }],
  },
  tiktok: { start: tiktok, calls: () => (globals.ttq ||= []), first: [['holdConsent']], yes: [['grantConsent']], no: [['revokeConsent']] },
  meta: {
    start: meta,
    calls: () => {
      if (!globals.fbq) pixel();
      return plain(globals.fbq.queue).filter(([name]: string[]) => name != 'init');
    },
    first: [['consent', 'revoke']],
    yes: [['consent', 'grant']],
    no: [
      ['consent', 'revoke'],
      ['dataProcessingOptions', ['LDU'], 0, 0],
    ],
  },
};

/** The official snippets, without the element that they insert. */
const recorder = () => {
  globals.clarity ||= function () {
    // eslint-disable-next-line prefer-rest-params
    (globals.clarity.q ||= []).push(arguments);
  };
};
const pixel = () => {
  if (globals.fbq) return false;
  const n: any = (globals.fbq = function () {
    // eslint-disable-next-line prefer-rest-params
    n.callMethod ? n.callMethod(...arguments) : n.queue.push(arguments);
  });
  if (!globals._fbq) globals._fbq = n;
  n.push = n;
  n.loaded = true;
  n.version = '2.0';
  n.queue = [];
  globals.fbq('init', '1');
  return true;
};

for (const [name, { start, calls, first, yes, no }] of Object.entries(PROTOCOLS)) {
  test(`${name}: denies first, and follows each choice`, () => {
    consents = { v: 'unasked' };
    start(V);
    assert.deepEqual(calls(), first);
    choose({ v: 'granted' });
    choose({ v: 'denied' });
    assert.deepEqual(calls(), [...first, ...yes, ...no]);
  });

  test(`${name}: on a later page the default, then what was decided`, () => {
    consents = { v: 'granted' };
    start(V);
    assert.deepEqual(calls(), [...first, ...yes]);
  });

  test(`${name}: a denial, by choice or by browser signal, is said even where the default runs tags`, () => {
    consents = { v: 'denied' };
    start(RUNS);
    assert.deepEqual(calls(), [...first, ...no]);
  });

  test(`${name}: where the default runs tags, unasked is granted`, () => {
    consents = { v: 'unasked' };
    start(RUNS);
    assert.deepEqual(calls(), [...first, ...yes]);
  });

  test(`${name}: not where what is stored cannot be read and may be a denial`, () => {
    world.jar.set('sekisho=broken');
    page();
    consents = { v: 'unasked' };
    start(RUNS);
    assert.deepEqual(calls(), [...first, ...no]);
  });

  test(`${name}: a choice that is gone is taken back`, () => {
    consents = { v: 'granted' };
    start(V);
    choose({ v: 'unasked' });
    assert.deepEqual(calls(), [...first, ...yes, ...no]);
  });

  test(`${name}: one denial among several vendors denies, and no vendor grants nothing`, () => {
    consents = { v: 'granted', w: 'denied' };
    start({ vendors: ['v', 'w'] });
    assert.deepEqual(calls(), [...first, ...no]);
    listeners = [];
    for (const global of ['clarity', 'uetq', 'ttq', 'fbq']) delete globals[global];
    start({ vendors: [] });
    choose({ v: 'granted', w: 'granted' });
    assert.deepEqual(calls(), first);
  });
}

const TYPES = { ad_storage: ['ads'], ad_user_data: ['ads'], ad_personalization: ['ads'], analytics_storage: ['count', 'other'], functionality_storage: ['gtm'], personalization_storage: [] };
const GOOGLE = { vendors: ['ads', 'count', 'other', 'gtm'], types: TYPES };
const NOBODY: Words = { ads: 'unasked', count: 'unasked', other: 'unasked', gtm: 'unasked' };
/** All seven types, these granted. */
const state = (...granted: string[]) => ({
  ...Object.fromEntries(Object.keys(TYPES).map((type) => [type, granted.includes(type) ? 'granted' : 'denied'])),
  security_storage: 'granted',
});
const ADS = ['ad_storage', 'ad_user_data', 'ad_personalization'];
const commands = () => plain(globals.dataLayer);

test('google: the default names all seven types, and stands before any command of the page', () => {
  consents = NOBODY;
  google(GOOGLE);
  globals.dataLayer.push(['js']);
  assert.deepEqual(commands(), [['consent', 'default', state()], ['js']]);
  assert.equal(Object.prototype.toString.call(globals.dataLayer[0]), '[object Arguments]');
});

test('google: its settings, under its names', () => {
  consents = NOBODY;
  google({ ...GOOGLE, regions: ['JP', 'US-CA'], wait: 500, passthrough: true, redaction: true });
  assert.deepEqual(commands(), [
    ['consent', 'default', { ...state(), region: ['JP', 'US-CA'], wait_for_update: 500 }],
    ['set', 'url_passthrough', true],
    ['set', 'ads_data_redaction', true],
  ]);
});

test('google: keeps what the page has in its data layer, and stands before it', () => {
  consents = NOBODY;
  globals.dataLayer = [{ page: 'cart' }];
  google(GOOGLE);
  assert.deepEqual(globals.dataLayer[1], { page: 'cart' });
  assert.deepEqual(plain([globals.dataLayer[0]]), [['consent', 'default', state()]]);
});

test('google: a choice goes before what the page has asked for, until Google has read it', () => {
  consents = NOBODY;
  google(GOOGLE);
  globals.dataLayer.push(['js'], ['config', 'G-1']);
  choose({ ...NOBODY, ads: 'denied' });
  choose({ ...NOBODY, ads: 'granted' });
  const names = () => commands().map(([name, command]: string[]) => (name == 'consent' ? command : name));
  assert.deepEqual(names(), ['default', 'update', 'update', 'js', 'config']);
  assert.deepEqual(commands()[2], ['consent', 'update', state(...ADS)]);
  const { dataLayer } = globals;
  dataLayer.push = (...items: unknown[]) => Array.prototype.push.apply(dataLayer, items);
  choose({ ...NOBODY, ads: 'denied' });
  assert.deepEqual(names(), ['default', 'update', 'update', 'js', 'config', 'update']);
});

test('google: a data layer that the page puts in the place of the first has heard all the same', () => {
  consents = { ...NOBODY, ads: 'granted' };
  google(GOOGLE);
  globals.dataLayer = [['config', 'G-1']];
  choose({ ...NOBODY, ads: 'denied' });
  const before = [
    ['consent', 'default', state()],
    ['consent', 'update', state(...ADS)],
    ['consent', 'update', state()],
    ['config', 'G-1'],
  ];
  assert.deepEqual(commands(), before);
  globals.dataLayer = globals.dataLayer || [];
  assert.deepEqual(commands(), before);
});

test('google: a data layer that nothing can watch is told, too', () => {
  consents = NOBODY;
  // As `var dataLayer` of an earlier script makes it.
  const outer = Object.create(Reflect, { defineProperty: { value: () => false } });
  const { Reflect: reflect } = globals;
  globals.dataLayer = [];
  globals.Reflect = outer;
  try {
    google(GOOGLE);
  } finally {
    globals.Reflect = reflect;
  }
  assert.equal(commands().length, 1);
  globals.dataLayer = [];
  choose({ ...NOBODY, ads: 'granted' });
  assert.deepEqual(commands(), [['consent', 'update', state(...ADS)]]);
});

test('google: a type is granted when all of its vendors are, and there is one', () => {
  consents = NOBODY;
  google(GOOGLE);
  choose({ ...NOBODY, ads: 'granted', count: 'granted' });
  choose({ ads: 'granted', count: 'granted', other: 'granted', gtm: 'denied' });
  choose({ ads: 'denied', count: 'granted', other: 'denied', gtm: 'granted' });
  assert.deepEqual(commands().slice(1), [
    ['consent', 'update', state(...ADS)],
    ['consent', 'update', state(...ADS, 'analytics_storage')],
    ['consent', 'update', state('functionality_storage')],
  ]);
});

test('google: where the default runs tags, what has a vendor is granted at once', () => {
  consents = NOBODY;
  google({ ...GOOGLE, runs: true });
  assert.deepEqual(commands(), [
    ['consent', 'default', state()],
    ['consent', 'update', state(...ADS, 'analytics_storage', 'functionality_storage')],
  ]);
});

test('google: not before a choice where regions say that the default denies', () => {
  consents = NOBODY;
  google({ ...GOOGLE, runs: true, regions: ['JP'] });
  assert.equal(commands().length, 1);
  choose({ ...NOBODY, ads: 'denied' });
  assert.deepEqual(commands()[1], ['consent', 'update', state('analytics_storage', 'functionality_storage')]);
});

test('google: with regions, a denial that cannot be read is said everywhere', () => {
  world.storage.setItem('sekisho', 'broken');
  page();
  consents = NOBODY;
  google({ ...GOOGLE, runs: true, regions: ['JP'] });
  assert.deepEqual(commands()[1], ['consent', 'update', state()]);
});

test('safe storage: what can be read counts, whatever else lies there', () => {
  world.jar.set('sekisho=broken');
  const visitor = '\x01' + 'v'.repeat(6) + '\x40v\x80' + 'v'.repeat(7);
  world.storage.setItem('sekisho', encode({ visitor, sequence: 1, revision: 1, at: 1e9, granted: '', unanswered: new Set() }));
  page();
  consents = { v: 'unasked' };
  uet(RUNS);
  assert.deepEqual(globals.uetq.at(-1), { ad_storage: 'granted' });
});

test('meta: the snippet still makes its pixel, which hears of consent before its number', () => {
  consents = { v: 'denied' };
  meta(V);
  assert.equal(globals.fbq, undefined);
  assert.ok(pixel(), 'the snippet found a pixel and did nothing');
  assert.deepEqual(plain(globals.fbq.queue), [['consent', 'revoke'], ['consent', 'revoke'], ['dataProcessingOptions', ['LDU'], 0, 0], ['init', '1']]);
  assert.deepEqual(Object.getOwnPropertyDescriptor(globalThis, 'fbq'), { value: globals._fbq, writable: true, enumerable: true, configurable: true });
  globals.fbq = globals._fbq;
});

test('meta: so do makers that ask for the function before it has a queue, as the template of Tag Manager does', () => {
  consents = { v: 'unasked' };
  meta(V);
  const made: any = (...call: unknown[]) => made.queue.push(call);
  globals.fbq = made;
  globals._fbq = globals.fbq;
  globals.fbq.queue = [];
  globals.fbq('init', '1');
  choose({ v: 'granted' });
  assert.deepEqual(made.queue, [['consent', 'revoke'], ['init', '1'], ['consent', 'grant']]);
});

test('meta: a choice before there is a pixel waits for it; one that runs is told at once', () => {
  consents = { v: 'unasked' };
  meta(V);
  choose({ v: 'granted' });
  pixel();
  assert.deepEqual(plain(globals.fbq.queue), [['consent', 'revoke'], ['consent', 'grant'], ['init', '1']]);
  const told: unknown[][] = [];
  globals.fbq.callMethod = (...call: unknown[]) => told.push(call);
  choose({ v: 'denied' });
  assert.deepEqual(told, PROTOCOLS.meta.no);
});

test('meta: a pixel that is there already is told', () => {
  pixel();
  consents = { v: 'granted' };
  meta(V);
  assert.deepEqual(plain(globals.fbq.queue), [['init', '1'], ['consent', 'revoke'], ['consent', 'grant']]);
});

test('what is there already but not ready is told when it is', () => {
  consents = { v: 'granted' };
  globals._paq = [];
  const made: any = (...call: unknown[]) => made.queue.push(call);
  globals.fbq = made;
  for (const start of [matomo, meta]) start(V);
  globals._paq.push(['trackPageView']);
  assert.deepEqual(globals._paq, [['requireConsent'], ['setConsentGiven'], ['trackPageView']]);
  globals.fbq.queue = [];
  globals.fbq('init', '1');
  assert.deepEqual(made.queue, [['consent', 'revoke'], ['consent', 'grant'], ['init', '1']]);
});

test('nothing is there before somebody makes it, so that pages which look for it load the tag', () => {
  consents = { v: 'granted' };
  for (const start of [clarity, tiktok, meta, matomo]) start(V);
  for (const name of ['clarity', 'ttq', 'fbq', '_paq']) assert.equal(globals[name], undefined, name);
  recorder();
  pixel();
  globals.ttq ||= [];
  globals._paq ||= [];
  for (const name of ['clarity', 'ttq', 'fbq']) {
    assert.deepEqual(Object.keys(Object.getOwnPropertyDescriptor(globalThis, name)!).sort(), ['configurable', 'enumerable', 'value', 'writable'], name);
  }
});

test('tiktok: the snippet takes the queue over, and its methods are used from then on', () => {
  consents = { v: 'unasked' };
  tiktok(V);
  const ttq = (globals.ttq ||= []);
  assert.deepEqual([...ttq], [['holdConsent']]);
  for (const method of ['page', 'holdConsent', 'revokeConsent', 'grantConsent']) ttq[method] = (...args: unknown[]) => ttq.push([method, ...args]);
  ttq.page();
  choose({ v: 'granted' });
  assert.deepEqual([...ttq], [['holdConsent'], ['page'], ['grantConsent']]);
  const told: string[] = [];
  globals.ttq = { revokeConsent: () => told.push('revokeConsent') };
  choose({ v: 'denied' });
  assert.deepEqual(told, ['revokeConsent'], 'the library has taken the place of the queue');
});

test('clarity: told by the function of the snippet, then by what takes its place', () => {
  consents = { v: 'unasked', ads: 'unasked' };
  clarity({ vendors: ['v'], ads: ['v', 'ads'] });
  recorder();
  assert.deepEqual(plain(globals.clarity.q), PROTOCOLS.clarity.first);
  const told: unknown[] = [];
  globals.clarity = (...call: unknown[]) => told.push(call);
  choose({ v: 'granted', ads: 'denied' });
  choose({ v: 'granted', ads: 'granted' });
  assert.deepEqual(told, [
    ['consentv2', { ad_Storage: 'denied', analytics_Storage: 'granted' }],
    ['consentv2', { ad_Storage: 'granted', analytics_Storage: 'granted' }],
  ]);
});

test('clarity: what waits is said as it was when it was chosen', () => {
  consents = { v: 'granted' };
  clarity(V);
  choose({ v: 'denied' });
  recorder();
  assert.deepEqual(plain(globals.clarity.q), [...PROTOCOLS.clarity.first, ...PROTOCOLS.clarity.yes, ...PROTOCOLS.clarity.no]);
});

/** Matomo takes calls of these names out of the queue first, in this order. */
const library = () => {
  const first = ['setTrackerUrl', 'setSiteId', 'enableLinkTracking', 'requireConsent', 'setConsentGiven'];
  const queue = globals._paq as string[][];
  let given = true;
  const call = ([name]: string[]) => {
    if (name == 'requireConsent' || name == 'forgetConsentGiven') given = false;
    if (name == 'setConsentGiven') given = true;
  };
  for (const name of first) queue.filter((each) => each[0] == name).forEach(call);
  queue.filter((each) => !first.includes(each[0])).forEach(call);
  globals._paq = { push: call };
  return () => given;
};

const track = () => (globals._paq ||= []).push(['trackPageView']);

test('matomo: consent is required first, and given on a grant', () => {
  consents = { v: 'granted' };
  matomo(V);
  track();
  assert.deepEqual(globals._paq, [['requireConsent'], ['setConsentGiven'], ['trackPageView']]);
});

test('matomo: a queue that is still empty looks so', () => {
  consents = { v: 'granted' };
  matomo(V);
  globals._paq = globals._paq || [];
  assert.equal(globals._paq.length, 0);
  const queue = globals._paq;
  queue.push(['trackPageView']);
  assert.deepEqual(globals._paq, [['requireConsent'], ['setConsentGiven'], ['trackPageView']]);
  assert.equal(globals._paq, queue);
});

test('matomo: a tracker that runs already is told', () => {
  const told: unknown[] = [];
  globals._paq = { push: (call: unknown) => told.push(call) };
  consents = { v: 'denied' };
  matomo(V);
  assert.deepEqual(told, [['requireConsent'], ['forgetConsentGiven']]);
});

for (const [choices, end] of [
  [['granted'], true],
  [['denied', 'granted'], true],
  [['granted', 'denied'], false],
  [['granted', 'denied', 'granted'], true],
  [[], false],
] as [Words[string][], boolean][]) {
  for (const when of ['before', 'after']) {
    test(`matomo: of ${choices.join(', ') || 'no choice'} ${when} the snippet, the last counts; so do those after the library`, () => {
      consents = { v: 'unasked' };
      matomo(V);
      if (when == 'after') track();
      for (const v of choices) {
        choose({ v });
        // As the part does that clears up behind vendors.
        if (v == 'denied') denyMatomo();
      }
      if (when == 'before') track();
      const given = library();
      assert.equal(given(), end);
      choose({ v: 'granted' });
      assert.equal(given(), true);
      choose({ v: 'denied' });
      assert.equal(given(), false);
    });
  }
}

const EVENT = { event: 'sekisho', vendors: ['count', 'ads'], purposes: { analytics: ['count'], advertising: ['ads'] } };

test('dataLayer: nothing before a choice, then an event for each, with no visitor in it', () => {
  consents = { need: 'granted', count: 'unasked', ads: 'unasked' };
  datalayer(EVENT);
  assert.equal(globals.dataLayer, undefined);
  choose({ need: 'granted', count: 'granted', ads: 'denied' });
  assert.deepEqual(globals.dataLayer, [
    { event: 'sekisho', sekisho: { consents: { need: 'granted', count: 'granted', ads: 'denied' }, purposes: { analytics: 'granted', advertising: 'denied' } } },
  ]);
});

test('dataLayer: at once where something is decided, or the default runs tags', () => {
  consents = { count: 'unasked', ads: 'denied' };
  datalayer(EVENT);
  assert.deepEqual(globals.dataLayer[0].sekisho.purposes, { analytics: 'denied', advertising: 'denied' });
  delete globals.dataLayer;
  datalayer({ ...EVENT, runs: true });
  assert.deepEqual(globals.dataLayer[0].sekisho.purposes, { analytics: 'granted', advertising: 'denied' });
});

test('deny does nothing to a page without the tag', () => {
  for (const deny of [denyGoogle, denyClarity, denyUET, denyMeta, denyTikTok, denyMatomo]) deny();
  for (const name of ['dataLayer', 'clarity', 'uetq', 'ttq', 'fbq', '_paq']) assert.equal(globals[name], undefined, name);
});

test('deny is not led astray by elements whose id is the name of a global', () => {
  for (const name of ['clarity', 'uetq', 'ttq', 'fbq', '_paq', 'dataLayer']) globals[name] = { localName: 'div' };
  for (const deny of [denyGoogle, denyClarity, denyUET, denyMeta, denyTikTok, denyMatomo]) deny();
});

test('deny tells a tag that runs', () => {
  globals.dataLayer = [];
  globals.uetq = [];
  globals.ttq = { told: 0, revokeConsent: () => globals.ttq.told++ };
  globals._paq = [];
  const told: unknown[][] = [];
  globals.clarity = globals.fbq = (...call: unknown[]) => told.push(call);
  for (const deny of [denyGoogle, denyClarity, denyUET, denyMeta, denyTikTok, denyMatomo]) deny();
  denyGoogle(['ad_storage']);
  assert.deepEqual(commands(), [
    ['consent', 'update', Object.fromEntries(Object.keys(TYPES).map((type) => [type, 'denied']))],
    ['consent', 'update', { ad_storage: 'denied' }],
  ]);
  assert.deepEqual(told, [...PROTOCOLS.clarity.no, ...PROTOCOLS.meta.no]);
  assert.deepEqual(globals.uetq, PROTOCOLS.uet.no);
  assert.equal(globals.ttq.told, 1);
  assert.deepEqual(globals._paq, [['forgetConsentGiven']]);
});
