// Visitors of all kinds: broken cookies, languages, the keyboard alone, strict pages, other defaults, two tabs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blindfold, markup, tags } from './fixtures/tags.mjs';
import { site } from './lib/service.mjs';
import { suite } from './lib/suite.mjs';
import { until } from './lib/until.mjs';
import { pageOf, Visit } from './lib/visit.mjs';

const names = ['google-analytics-4', 'criteo', 'meta-pixel', 'user-heat'];
const pasted = names.map((name) => tags.find((tag) => tag.vendor === name));
const answer = ({ host, path }) => {
  const tag = pasted.find((one) => one.host === host && path.startsWith(one.path));
  return tag && { type: 'text/javascript', body: `window.ran.push(${JSON.stringify(tag.vendor)});` };
};
const { host, service, visitor } = await suite({ answer });

const head = pasted.map(markup).join('\n');
host.pages['/'] = pageOf(service, 'shop', { before: blindfold, head });
host.pages['/en'] = pageOf(service, 'shop', { before: blindfold, head, lang: 'en' });
for (const key of ['optout', 'inform', 'paused']) host.pages[`/${key}`] = pageOf(service, key, { before: blindfold, head });

const nonce = 'bm9uY2U';
host.pages['/csp'] = () => ({
  headers: { 'content-security-policy': `script-src 'nonce-${nonce}' 'strict-dynamic'; style-src 'self'; object-src 'none'; base-uri 'none'; require-trusted-types-for 'script'` },
  body: pageOf(service, 'shop', {
    attributes: `nonce="${nonce}"`,
    head: `<script nonce="${nonce}">
      // Under Trusted Types even the page itself needs a policy to load a script.
      var policy = trustedTypes.createPolicy('page', { createScriptURL: function (url) { return url; } });
      [['https://connect.facebook.net/en_US/fbevents.js'], ['https://uh.nakanohito.jp/uhj2/uh.js']].forEach(function (one) {
        var script = document.createElement('script');
        script.src = policy.createScriptURL(one[0]);
        document.head.appendChild(script);
      });
    </script>`,
  }),
});

await service.apply(
  site('shop', [host.origin], names),
  site('optout', [host.origin], names, { default: 'opt-out' }),
  site('inform', [host.origin], names, { default: 'notice-only' }),
  site('paused', [host.origin], names, { paused: true }),
);
await service.up();

const unique = (consents) => [...new Set(Object.values(consents))];

for (const [what, value, mirror = value] of [
  ['garbage', 'xyz%%%=='],
  ['of a future format', Buffer.from([9, ...Buffer.alloc(40, 7)]).toString('base64url')],
  // Browsers take no cookie of more than 4 kB. Storage takes anything.
  ['8 kB long', 'AQ'.repeat(2000), 'AQ'.repeat(4096)],
]) {
  test(`cookie ${what}: the banner is shown, no tag runs, no error`, visitor(`cookie ${what}`, async (visit) => {
    await visit.context.addCookies([{ name: 'sekisho', value, url: host.origin }]);
    await visit.context.addInitScript((text) => localStorage.setItem('sekisho', text), mirror);
    await visit.open(host.origin);
    await visit.banner().waitFor();
    await visit.untilHeld(['meta-pixel', 'user-heat']);
    await visit.settle();
    assert.deepEqual(await visit.ran(), []);
    assert.deepEqual(visit.reached(), []);
    assert.deepEqual(unique(await visit.consents()), ['unasked']);
    assert.deepEqual(visit.errors, []);
  }));
}

for (const [path, accept, reject] of [['/', /同意|許可/, /拒否|同意しない|許可しない/], ['/en', /accept|allow/i, /reject|decline|refuse/i]]) {
  test(`language of the page ${path}`, visitor(`language ${path}`, async (visit) => {
    await visit.open(host.origin + path);
    await visit.banner().waitFor();
    assert.match(await visit.action('accept-all').innerText(), accept);
    assert.match(await visit.action('reject-all').innerText(), reject);
    await visit.action('preferences').click();
    await visit.action('save').waitFor();
    const text = await visit.part('dialog').innerText();
    assert.match(text, path === '/' ? /広告/ : /advertising/i);
    await visit.action('reject-all').click();
    const [recorded] = await visit.untilRecorded();
    assert.equal(recorded.receipt.language, path === '/' ? 'ja' : 'en');
  }));
}

/** What has the focus, looking into the shadow root. */
const focus = (visit) => visit.page.evaluate(() => {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element?.dataset?.action ?? element?.dataset?.vendor ?? element?.dataset?.purpose ?? element?.id ?? '';
});

/** Presses a key until what has the focus is the one. A page has a few dozen stops at most. */
async function tabTo(visit, wanted, key = 'Tab') {
  for (let i = 0; i < 120; i++) {
    if ((await focus(visit)) === wanted) return;
    await visit.page.keyboard.press(key);
  }
  assert.fail(`${key} never comes to ${wanted}`);
}

test('the keyboard alone: preferences, one switch, save, and back in', visitor('keyboard', async (visit) => {
  await visit.open(host.origin);
  await visit.banner().waitFor();
  await tabTo(visit, 'preferences');
  await visit.page.keyboard.press('Enter');
  await visit.action('save').waitFor();
  await tabTo(visit, 'advertising');
  assert.equal(await visit.part('[data-purpose="advertising"]').getAttribute('aria-checked'), 'false');
  await visit.page.keyboard.press('Space');
  assert.equal(await visit.part('[data-purpose="advertising"]').getAttribute('aria-checked'), 'true');
  await tabTo(visit, 'save');
  await visit.page.keyboard.press('Enter');
  await visit.untilRecorded();
  const consents = await visit.consents();
  assert.deepEqual([consents.criteo, consents['user-heat']], ['granted', 'denied']);
  await tabTo(visit, 'settings');
  await visit.page.keyboard.press('Enter');
  await visit.action('save').waitFor();
  await visit.page.keyboard.press('Escape');
  await visit.action('save').waitFor({ state: 'hidden' });
  await until('the focus to be back', async () => (await focus(visit)) === 'settings');
}));

test('nonce, strict-dynamic and Trusted Types', visitor('csp', async (visit) => {
  const blocked = [];
  visit.page.on('console', (message) => /content security policy|trusted/i.test(message.text()) && blocked.push(message.text()));
  await visit.open(`${host.origin}/csp`);
  await visit.banner().waitFor();
  await visit.untilHeld(['meta-pixel', 'user-heat']);
  await visit.action('preferences').click();
  await visit.action('save').waitFor();
  await visit.action('accept-all').click();
  await visit.untilRan(['meta-pixel', 'user-heat']);
  assert.deepEqual(await visit.ran(), ['meta-pixel', 'user-heat']);
  assert.deepEqual(blocked, []);
  assert.deepEqual(visit.errors, []);
}));

test('opt-out: tags run until denied', visitor('opt-out', async (visit) => {
  await visit.open(`${host.origin}/optout`);
  await visit.banner().waitFor();
  await visit.untilRan(names);
  assert.deepEqual(unique(await visit.consents()), ['unasked']);
  await visit.choose('reject-all');
  await visit.untilRecorded();
  await visit.page.reload();
  await visit.untilHeld(['meta-pixel', 'user-heat']);
  await visit.settle();
  assert.deepEqual(await visit.ran(), []);
}));

test('notice-only: tags run, the banner informs and can be closed; a denial still counts', visitor('notice-only', async (visit) => {
  await visit.open(`${host.origin}/inform`);
  await visit.untilRan(names);
  await visit.action('close').waitFor();
  assert.equal(await visit.action('accept-all').count(), 0);
  await visit.action('close').click();
  await visit.action('close').waitFor({ state: 'detached' });
  await visit.page.evaluate(() => window.sekisho.withdraw());
  await visit.untilRecorded();
  await visit.page.reload();
  await visit.untilHeld(['meta-pixel', 'user-heat']);
  await visit.settle();
  assert.deepEqual(await visit.ran(), []);
}));

test('paused: nothing is shown and nothing let through', visitor('paused', async (visit) => {
  await visit.open(`${host.origin}/paused`);
  await visit.untilHeld(['meta-pixel', 'user-heat']);
  await visit.page.evaluate(() => window.sekisho.ready);
  await visit.settle();
  assert.equal(await visit.page.locator('#sekisho').count(), 0);
  assert.deepEqual(await visit.ran(), []);
  assert.deepEqual(visit.reached(), []);
}));

test('Global Privacy Control denies advertising; the rest is asked about', visitor('gpc', async (visit) => {
  await visit.context.addInitScript(() => Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true }));
  await visit.open(host.origin);
  await visit.banner().waitFor();
  const consents = await visit.consents();
  assert.deepEqual([consents.criteo, consents['meta-pixel'], consents['user-heat']], ['denied', 'denied', 'unasked']);
  await visit.choose('accept-all');
  await visit.untilRan(['user-heat']);
  await visit.settle();
  const ran = await visit.ran();
  assert.ok(!ran.includes('criteo') && !ran.includes('meta-pixel'), `ran: ${ran}`);
}));

test('two tabs: a choice in one closes the banner of the other', visitor('two-tabs', async (visit) => {
  const other = new Visit(visit.context, await visit.context.newPage(), visit.recorder);
  await visit.open(host.origin);
  await other.open(host.origin);
  await visit.banner().waitFor();
  await other.banner().waitFor();
  await other.choose('accept-all');
  await visit.banner().waitFor({ state: 'detached' });
  assert.deepEqual(unique(await visit.consents()), ['granted']);
  await visit.untilRan(names);
  assert.deepEqual([...visit.errors, ...other.errors], []);
}));
