// Tags that listen, in the real browser: official snippets, and stand-ins for the libraries that read their queues as
// those do. What a library hears, in which order, and what leaves the browser before it has heard it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { build } from 'esbuild';
import { packages } from './fixtures/packages.mjs';
import { answer, named, protocols } from './fixtures/signals/libraries.mjs';
import { site } from './lib/service.mjs';
import { suite } from './lib/suite.mjs';
import { until } from './lib/until.mjs';
import { pageOf } from './lib/visit.mjs';

const { host, service, visitor } = await suite({ answer });
const { local } = service;

const here = ['google-analytics-4', 'microsoft-uet', 'tiktok-pixel', 'matomo'];
const snippet = (vendor) =>
  readFileSync(new URL(here.includes(vendor) ? `fixtures/signals/${vendor}.html` : `../demo/snippets/${vendor}.html`, import.meta.url), 'utf8');
const names = Object.keys(protocols);
const vendors = names.map((name) => protocols[name].vendor);
const head = vendors.map(snippet).join('\n');

const google = { regions: ['JP'], waitForUpdate: 500, urlPassthrough: true, adsDataRedaction: true };
const sites = {
  hold: ['', {}],
  both: ['both', { signals: { dataLayer: 'sekisho' } }],
  early: ['signal', { signals: { google } }],
  out: ['both', { default: 'opt-out' }],
};
await service.apply(...Object.entries(sites).map(([key, [mode, over]]) =>
  site(key, [host.origin], vendors.map((id) => (mode ? { id, mode } : id)), over)));
for (const key of Object.keys(sites)) host.pages[`/${key}`] = pageOf(service, key, { head });
// As Google's help once had it: the page's own data layer takes the place of what was there.
host.pages['/replaced'] = pageOf(service, 'early', { head: `<script>dataLayer = [{ page: 'cart' }];</script>\n${snippet('google-analytics-4')}` });
// Packages of the registry look for the vendor's global before they make it.
const listening = packages.filter(({ vendor }) => vendors.includes(vendor));
for (const [i, { code }] of listening.entries()) {
  const { outputFiles: [file] } = await build({
    stdin: { contents: code, resolveDir: import.meta.dirname }, bundle: true, write: false, format: 'iife', target: 'es2022', logLevel: 'error',
    define: { 'process.env.NODE_ENV': '"production"', global: 'window' },
  });
  host.pages[`/package/${i}.js`] = { body: file.contents, headers: { 'content-type': 'text/javascript' } };
  host.pages[`/package/${i}`] = pageOf(service, 'both', { body: `<script src="/package/${i}.js"></script>` });
}
await service.up();

/** All seven types, these granted. */
const state = (...granted) => ({
  ...Object.fromEntries(['ad_personalization', 'ad_storage', 'ad_user_data', 'analytics_storage', 'functionality_storage', 'personalization_storage']
    .map((type) => [type, granted.includes(type) ? 'granted' : 'denied'])),
  security_storage: 'granted',
});
const clarity = (word) => ['consentv2', { ad_Storage: word, analytics_Storage: word }];
const commands = [['js', 'now'], ['config', 'G-TEST000000']];
const pixel = [['init', '000000000000000'], ['track', 'PageView']];
const configured = [['setTrackerUrl', 'https://example.matomo.cloud/matomo.php'], ['setSiteId', '1'], ['enableLinkTracking']];

/** What each library is told, in its own words. */
const said = {
  google: { first: [['consent', 'default', state()]], yes: [['consent', 'update', state('analytics_storage')]], no: [['consent', 'update', state()]] },
  meta: { first: [['consent', 'revoke']], yes: [['consent', 'grant']], no: [['consent', 'revoke'], ['dataProcessingOptions', ['LDU'], 0, 0]] },
  clarity: { first: [clarity('denied')], yes: [clarity('granted')], no: [clarity('denied')] },
  uet: { first: [['consent', 'default', { ad_storage: 'denied' }]], yes: [['consent', 'update', { ad_storage: 'granted' }]], no: [['consent', 'update', { ad_storage: 'denied' }]] },
  tiktok: { first: [['holdConsent']], yes: [['grantConsent']], no: [['revokeConsent']] },
  matomo: { first: [['requireConsent']], yes: [['setConsentGiven']], no: [['forgetConsentGiven']] },
};
/** What the snippets ask for. */
const asked = { google: commands, meta: pixel, clarity: [['start']], uet: [['pageLoad']], tiktok: [['page']], matomo: [['trackPageView']] };

const heard = (visit) => visit.page.evaluate(() => window.heard ?? {});
const untilHeard = (visit) => until('every library to have done what the page asked of it', async () => {
  const all = await heard(visit);
  return names.every((name) => all[name]?.some((call) => call[0] === asked[name].at(-1)[0]));
});
const hits = (...of) => of.map((name) => `${name} hit`);
const untilReached = (visit, wanted) => until(`${wanted}`, () => wanted.every((one) => named(visit.reached()).includes(one)));
const event = (consent) => ({
  event: 'sekisho',
  sekisho: { consents: Object.fromEntries(vendors.map((id) => [id, consent])), purposes: { analytics: consent, advertising: consent } },
});

test('held and told: nothing before a choice, then each library hears the default and the grant before it does anything', visitor('signals-both', async (visit) => {
  await visit.open(`${host.origin}/both`);
  await visit.banner().waitFor();
  await visit.untilHeld(vendors);
  await visit.settle();
  assert.deepEqual(visit.reached(), []);
  assert.deepEqual(await visit.page.evaluate(() => [...window.dataLayer].map(([name]) => name)), ['consent', 'js', 'config'], 'the default stands before any command');

  await visit.choose('accept-all');
  await untilReached(visit, hits(...names));
  const first = await heard(visit);
  assert.deepEqual(first, {
    google: [...said.google.first, ...said.google.yes, ...commands, event('granted')],
    // Meta and TikTok keep what comes before a grant, and send it then.
    meta: [...said.meta.first, ...pixel, ...said.meta.yes],
    clarity: [...said.clarity.first, ...said.clarity.yes, ...asked.clarity],
    uet: [...said.uet.first, ...said.uet.yes, ...asked.uet],
    tiktok: [...said.tiktok.first, ...asked.tiktok, ...said.tiktok.yes],
    matomo: [...configured, ...said.matomo.first, ...said.matomo.yes, ...asked.matomo],
  });
  const known = visit.reached().map(({ path }) => path).filter((path) => /collect|c\.gif|action/.test(path)).sort();
  assert.deepEqual(known, ['/action/0?asc=granted', '/c.gif?granted', '/g/collect?analytics=granted&ads=denied'], 'no hit goes with the default');

  await visit.page.reload();
  await untilReached(visit, hits(...names));
  await untilHeard(visit);
  assert.deepEqual(await heard(visit), {
    ...Object.fromEntries(names.map((name) => [name, [...said[name].first, ...said[name].yes, ...asked[name]]])),
    google: [...said.google.first, ...said.google.yes, event('granted'), ...commands],
    matomo: first.matomo,
  }, 'on the next page: default, update, then the tag');
  assert.deepEqual(visit.errors, []);
}));

test('held and told: a withdrawal is heard by what runs, and the next page holds', visitor('signals-withdraw', async (visit) => {
  await visit.open(`${host.origin}/both`);
  await visit.choose('accept-all');
  await untilReached(visit, hits(...names));
  await visit.page.evaluate(() => sekisho.withdraw());
  const after = await heard(visit);
  for (const name of names) {
    const own = after[name].filter((call) => !call.event);
    assert.deepEqual(own.slice(-said[name].no.length), said[name].no, name);
  }
  assert.deepEqual(after.google.findLast((call) => call.event), event('denied'));
  await visit.untilRecorded(2);
  await visit.page.reload();
  visit.recorder.reset();
  await visit.untilHeld(vendors);
  await visit.settle();
  assert.deepEqual(visit.reached(), []);
  assert.deepEqual(await visit.page.evaluate(() => [...window.dataLayer].map((call) => call.event ?? call[0])), ['consent', 'consent', 'sekisho', 'js', 'config']);
  assert.deepEqual(await visit.page.evaluate(() => window.dataLayer[1][2]), state());
  assert.deepEqual(visit.errors, []);
}));

test('told alone: tags load before a choice, and only behind a default that denies', visitor('signals-early', async (visit) => {
  await visit.open(`${host.origin}/early`);
  await visit.banner().waitFor();
  await untilHeard(visit);
  await untilReached(visit, hits('google', 'clarity', 'uet'));
  await visit.settle();
  assert.deepEqual(await visit.heldVendors(), []);
  assert.deepEqual([...new Set(Object.values(await visit.consents()))], ['unasked']);
  assert.match(await visit.page.evaluate(() => document.querySelector('#sekisho').shadowRoot.textContent), /ただし、次の事業者のタグは、許可の有無にかかわらず読み込まれます：Googleアナリティクス/);
  const before = await heard(visit);
  assert.deepEqual(before, {
    ...Object.fromEntries(names.map((name) => [name, [...said[name].first, ...asked[name]]])),
    google: [
      ['consent', 'default', { ...state(), region: ['JP'], wait_for_update: 500 }],
      ['set', 'url_passthrough', true],
      ['set', 'ads_data_redaction', true],
      ...commands,
    ],
    matomo: [...configured, ...said.matomo.first, ...asked.matomo],
  });
  const reached = named(visit.reached());
  for (const name of names) assert.ok(reached.includes(`${name} library`), name);
  assert.deepEqual(reached.filter((one) => /hit$/.test(one)).sort(), hits('clarity', 'google', 'uet'), 'those that keep everything back send nothing');
  const known = visit.reached().map(({ path }) => path).filter((path) => /collect|c\.gif|action/.test(path)).sort();
  assert.deepEqual(known, ['/action/0?asc=denied', '/c.gif?denied', '/g/collect?analytics=denied&ads=denied']);

  await visit.choose('accept-all');
  await untilReached(visit, hits('meta', 'tiktok', 'matomo'));
  const granted = await heard(visit);
  for (const name of names) assert.deepEqual(granted[name], [...before[name], ...said[name].yes], name);

  await visit.page.evaluate(() => sekisho.withdraw());
  const denied = await heard(visit);
  for (const name of names) assert.deepEqual(denied[name].slice(-said[name].no.length), said[name].no, name);

  // A later page of somebody who has refused: the tag loads all the same, and hears it first.
  await visit.page.reload();
  await untilHeard(visit);
  const later = await heard(visit);
  assert.deepEqual(later.google.slice(0, 4).map(([name, what]) => `${name} ${what}`), ['consent default', 'set url_passthrough', 'set ads_data_redaction', 'consent update']);
  assert.deepEqual(later.google[3], said.google.no[0]);
  assert.deepEqual(later.uet, [...said.uet.first, ...said.uet.no, ...asked.uet]);
  assert.deepEqual(visit.errors, []);
}));

test('told alone: a data layer that the page begins anew has heard the default', visitor('signals-replaced', async (visit) => {
  await visit.open(`${host.origin}/replaced`);
  await untilReached(visit, hits('google'));
  const { google } = await heard(visit);
  assert.deepEqual(google.map((call) => call.page ?? call[0]), ['consent', 'set', 'set', 'cart', 'js', 'config']);
  assert.deepEqual(visit.reached().filter(({ path }) => path.includes('collect')).map(({ path }) => path), ['/g/collect?analytics=denied&ads=denied']);
}));

test('Global Privacy Control is a denial to those who listen, and to nobody else', visitor('signals-gpc', async (visit) => {
  await visit.context.addInitScript(() => Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true, configurable: true }));
  await visit.open(`${host.origin}/early`);
  await untilHeard(visit);
  const told = await heard(visit);
  // Matomo's purpose is none that the signal speaks of.
  for (const name of names.filter((one) => one !== 'matomo')) {
    const { first, no } = said[name];
    assert.deepEqual(told[name].slice(-(no.length + asked[name].length)), [...no, ...asked[name]], name);
    assert.ok(told[name].length >= first.length + no.length + asked[name].length, name);
  }
  assert.ok(!told.matomo.some(([name]) => name === 'setConsentGiven'));

  await visit.open(`${host.origin}/out`);
  await untilReached(visit, hits('matomo'));
  assert.deepEqual(await visit.page.evaluate(() => [window.uetq.slice(0, 6), window.dataLayer[1][2].analytics_storage]), [[...said.uet.first[0], ...said.uet.no[0]], 'denied']);
}));

test('where the default runs tags, they are told so until somebody denies', visitor('signals-out', async (visit) => {
  await visit.open(`${host.origin}/out`);
  await untilReached(visit, hits(...names));
  const told = await heard(visit);
  assert.deepEqual(told.google, [...said.google.first, ...said.google.yes, ...commands]);
  assert.deepEqual(told.uet, [...said.uet.first, ...said.uet.yes, ...asked.uet]);
  await visit.choose('reject-all');
  const after = await heard(visit);
  for (const name of names) assert.deepEqual(after[name].slice(-said[name].no.length), said[name].no, name);
}));

for (const [i, { name, vendor, waiting, calls }] of listening.entries())
  test(`held and told: ${name} finds the way free, and its calls stand behind the default`, visitor(`signals-package-${i}`, async (visit) => {
    await visit.open(`${host.origin}/package/${i}`);
    await visit.untilHeld([vendor]);
    const { first, yes } = said[names.find((one) => protocols[one].vendor === vendor)];
    const queue = () => visit.page.evaluate(`JSON.parse(JSON.stringify([...${waiting}].map((call) => (call.event ? call : [...call]))))`);
    const before = await queue();
    assert.deepEqual(before.slice(0, first.length), first);
    assert.deepEqual(before.slice(first.length).map(([call]) => call), calls.map(([call]) => call));
    await visit.choose('accept-all');
    await until('the library to hear the grant', async () => {
      const told = Object.values(await heard(visit)).flat();
      return told.some((call) => isDeepStrictEqual(call, yes[0]));
    });
    assert.deepEqual(visit.errors, []);
  }));

test('held alone: no protocol is in the script', async () => {
  const [hold, both] = await Promise.all(['hold', 'both'].map(async (key) => (await fetch(`${local}/s/${key}.js`)).text()));
  for (const word of ['dataLayer', 'fbq', 'consentv2', 'uetq', 'ttq', '_paq', 'ad_storage', 'holdConsent']) {
    assert.ok(!hold.includes(word), word);
    assert.ok(both.includes(word), word);
  }
});
