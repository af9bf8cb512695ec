// The visitor's own record: read, taken along, erased; and nothing lost when the service cannot be had.
import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { site } from './lib/service.mjs';
import { suite } from './lib/suite.mjs';
import { until } from './lib/until.mjs';
import { pageOf, Visit } from './lib/visit.mjs';

const axe = readFileSync(fileURLToPath(new URL('../../../node_modules/axe-core/axe.min.js', import.meta.url)), 'utf8');
const words = (lang) => JSON.parse(readFileSync(fileURLToPath(new URL(`../../../widget/src/i18n/${lang}.json`, import.meta.url)), 'utf8'));
const vendors = ['google-analytics-4', 'criteo', 'meta-pixel'];

const { host, service, visitor } = await suite();
for (const lang of ['ja', 'en']) host.pages[`/${lang}`] = pageOf(service, 'shop', { lang });
const nonce = 'bm9uY2U';
host.pages['/csp'] = () => ({
  headers: { 'content-security-policy': `default-src 'none'; connect-src ${service.url}; script-src 'nonce-${nonce}' 'strict-dynamic'; style-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'` },
  body: pageOf(service, 'shop', { attributes: `nonce="${nonce}"` }),
});
await service.apply(site('shop', [host.origin], vendors));
await service.up();

const record = (visit) => visit.part('dialog[part=record]');
const own = (visit, name) => record(visit).locator(`[data-action="${name}"]`);
const status = (visit) => record(visit).locator('[role=status]');
/** What the service holds: status and body. */
const held = async (id, tail = '/decisions') => service.get(`/v1/sites/shop/visitors/${id}${tail}`);
const open = async (visit, rows) => {
  await visit.page.locator('#settings').click();
  await visit.action('record').click();
  await record(visit).waitFor();
  if (rows) await until('the history', async () => (await record(visit).locator('li').count()) === rows);
};
/** Accepts all, then refuses one vendor. */
const decideTwice = async (visit, path) => {
  await visit.open(host.origin + path);
  await visit.choose('accept-all');
  await visit.untilRecorded();
  await visit.page.evaluate(() => window.sekisho.save({ criteo: false, 'meta-pixel': true }));
  await visit.untilRecorded(2);
  return visit.visitor();
};
const stored = (visit) => visit.page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('sekisho')));
const focused = (visit) =>
  visit.page.evaluate(() => {
    const element = document.activeElement?.shadowRoot?.activeElement || document.activeElement;
    return element.dataset.action || element.id || element.className || element.tagName;
  });
const noViolations = async (visit, state) => {
  await visit.page.evaluate(axe);
  const found = await visit.page.evaluate(async () => {
    const { violations } = await window.axe.run('#sekisho', { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.failureSummary).join('; ')}`);
  });
  assert.deepEqual(found, [], state);
};

for (const lang of ['ja', 'en'])
  test(`${lang}: two decisions are listed, newest first, and downloaded with receipts that hold`, visitor(`record ${lang}`, async (visit) => {
    const say = words(lang);
    const id = await decideTwice(visit, `/${lang}`);
    await open(visit, 2);
    assert.equal(await record(visit).locator('code').first().innerText(), id);
    const rows = record(visit).locator('li');
    assert.match(await rows.nth(0).innerText(), new RegExp(say['record.saved']));
    assert.match(await rows.nth(1).innerText(), new RegExp(say['common.acceptAll']));
    await rows.nth(0).locator('summary').click();
    const facts = await rows.nth(0).locator('dl').innerText();
    assert.match(facts, new RegExp(`${say['record.granted']}\\s+Meta[^\\n]*\\s+${say['record.denied']}\\s+Criteo`));
    const latest = (await held(id)).body.decisions[1];
    assert.ok(facts.includes(latest.receipt.id));
    await noViolations(visit, 'history');

    const [download] = await Promise.all([visit.page.waitForEvent('download'), own(visit, 'download').click()]);
    assert.match(download.suggestedFilename(), /^shop-\d{4}-\d\d-\d\d\.json$/);
    const file = JSON.parse(readFileSync(await download.path(), 'utf8'));
    assert.deepEqual([file.site, file.visitor, file.waiting], ['shop', id, []]);
    assert.deepEqual(file.decisions, (await held(id)).body.decisions);
    const { kty, crv, x } = await (await fetch(file.receiptKey)).json();
    const key = createPublicKey({ key: { kty, crv, x }, format: 'jwk' });
    for (const { receipt } of file.decisions) {
      const { signature, ...signed } = receipt;
      const holds = (what) => verify(null, Buffer.from(JSON.stringify(what)), key, Buffer.from(signature.value, 'base64url'));
      assert.ok(holds(signed));
      assert.ok(!holds({ ...signed, granted: [] , denied: ['x'] }));
    }
    assert.deepEqual(visit.errors, []);
  }, { locale: lang }));

test('erasing: cancelled it changes nothing; confirmed, nothing is left, and the visitor is asked again', visitor('erase', async (visit) => {
  const id = await decideTwice(visit, '/ja');
  // Another tab knows the visitor as well.
  const other = new Visit(visit.context, await visit.context.newPage(), visit.recorder);
  await other.open(`${host.origin}/ja`);
  await open(visit, 2);
  const before = await visit.cookie();
  await own(visit, 'erase').click();
  assert.equal(await focused(visit), 'own sure');
  await noViolations(visit, 'question');
  for (const leave of [() => own(visit, 'erase-cancel').click(), () => visit.page.keyboard.press('Escape')]) {
    await leave();
    await own(visit, 'erase').waitFor();
    assert.equal(await focused(visit), 'erase');
    assert.deepEqual([(await held(id)).status, (await visit.cookie()).value], [200, before.value]);
    await own(visit, 'erase').click();
  }
  await Promise.all([visit.page.waitForEvent('load'), own(visit, 'erase-confirm').click()]);
  await visit.banner().waitFor();
  assert.equal((await held(id)).status, 404);
  assert.equal((await held(id, '')).status, 404);
  assert.equal(await visit.cookie(), undefined);
  assert.deepEqual(await stored(visit), []);
  // The other tab knows no choice any more, and brings nothing back.
  await until('the other tab to forget', async () => Object.values(await other.consents()).every((consent) => consent === 'unasked'));
  await other.page.evaluate(() => { dispatchEvent(new Event('online')); document.dispatchEvent(new Event('visibilitychange', { bubbles: true })); });
  assert.equal(await visit.cookie(), undefined);
  assert.deepEqual(await stored(other), []);
  // And whoever decides again is somebody else.
  await visit.choose('reject-all');
  await visit.untilRecorded();
  assert.notEqual(await visit.visitor(), id);
  assert.equal((await held(id)).status, 404);
}));

test('what another tab could not send before the erasure makes no record again', visitor('erase waiting', async (visit) => {
  const id = await decideTwice(visit, '/ja');
  const other = new Visit(visit.context, await visit.context.newPage(), visit.recorder);
  await other.open(`${host.origin}/ja`);
  let down = true;
  const sent = [];
  await visit.context.route(`${service.url}/v1/sites/shop/decisions`, (route) => (sent.push(route.request().postDataJSON().visitor), down ? route.abort() : route.fallback()));
  await other.page.evaluate(() => window.sekisho.rejectAll());
  await until('an attempt', () => sent.length > 0);
  await visit.page.bringToFront();
  await open(visit, 3);
  await own(visit, 'erase').click();
  await Promise.all([visit.page.waitForEvent('load'), own(visit, 'erase-confirm').click()]);
  await until('the other tab to forget', async () => Object.values(await other.consents()).every((consent) => consent === 'unasked'));
  down = false;
  sent.length = 0;
  await other.page.evaluate(() => dispatchEvent(new Event('online')));
  // Whoever decides there is somebody else, of whom all is sent.
  await other.page.evaluate(() => window.sekisho.acceptAll());
  await until('the new visitor to be recorded', async () => (await held(await other.visitor())).status === 200);
  assert.ok(!sent.includes(id));
  assert.equal((await held(id)).status, 404);
  assert.deepEqual(await other.queue(), []);
}));

test('where the service cannot erase, nothing is lost, and it can be tried again', visitor('erase fails', async (visit) => {
  const say = words('ja');
  const id = await decideTwice(visit, '/ja');
  await open(visit, 2);
  await own(visit, 'erase').click();
  let answer = { status: 429, headers: { 'retry-after': '7', 'access-control-allow-origin': host.origin, 'access-control-expose-headers': 'Retry-After' }, body: '{"status":429}' };
  await visit.context.route(`${service.url}/v1/**`, (route) => (route.request().method() === 'DELETE' ? (answer ? route.fulfill(answer) : route.abort()) : route.fallback()));
  const confirm = async (reason) => {
    await own(visit, 'erase-confirm').click();
    await until(reason, async () => (await status(visit).innerText()) === `${reason} ${say['record.kept']}`);
    assert.equal(await own(visit, 'erase-confirm').innerText(), say['record.retry']);
    assert.ok(await visit.cookie());
    assert.ok((await stored(visit)).includes('sekisho'));
  };
  await confirm(say['record.wait'].replace('{n}', '7'));
  answer = { status: 403, headers: { 'access-control-allow-origin': host.origin }, body: '{"status":403}' };
  await confirm(say['record.forbidden']);
  answer = { status: 404, headers: { 'access-control-allow-origin': host.origin }, body: '{"status":404}' };
  await confirm(say['record.away']);
  // The page of a hotel's network is no answer.
  answer = { status: 200, headers: { 'access-control-allow-origin': host.origin }, body: '<h1>Welcome</h1>' };
  await confirm(say['record.away']);
  answer = null;
  await confirm(say['record.away']);
  await noViolations(visit, 'fault');
  assert.equal((await held(id)).body.decisions.length, 2);
  await visit.context.unroute(`${service.url}/v1/**`);
  await Promise.all([visit.page.waitForEvent('load'), own(visit, 'erase-confirm').click()]);
  await visit.banner().waitFor();
  assert.equal((await held(id)).status, 404);
}));

test('the service is down: said, nothing lost, what waits is shown; up again, a press is enough', visitor('record down', async (visit) => {
  const say = words('ja');
  const id = await decideTwice(visit, '/ja');
  await open(visit, 2);
  await service.kill();
  try {
    await visit.page.evaluate(() => window.sekisho.rejectAll());
    await own(visit, 'retry').waitFor();
    assert.equal(await status(visit).innerText(), say['record.away']);
    assert.equal(await record(visit).locator('li').count(), 1, 'the one that waits');
    assert.match(await record(visit).locator('li').innerText(), new RegExp(say['record.unsent']));
    await own(visit, 'erase').click();
    // Whoever sends may hold the lock until it knows that nobody answers.
    await own(visit, 'erase-confirm').click();
    await until('the reason', async () => (await status(visit).innerText()) === `${say['record.away']} ${say['record.kept']}`);
    assert.ok(await visit.cookie());
    assert.equal((await visit.queue()).length, 1);
  } finally {
    await service.up();
  }
  await visit.page.evaluate(() => dispatchEvent(new Event('online')));
  await visit.untilRecorded(3);
  await until('the history', async () => (await record(visit).locator('li').count()) === 3);
  assert.equal((await held(id)).body.decisions.length, 3);
  assert.equal(await own(visit, 'retry').isVisible(), false);
}));

test('by keyboard alone, under a strict policy: in, through, and back to where one was', visitor('record keys', async (visit) => {
  await decideTwice(visit, '/csp');
  await visit.page.locator('#settings').focus();
  await visit.page.keyboard.press('Enter');
  await visit.action('record').focus();
  await visit.page.keyboard.press('Enter');
  await until('the history', async () => (await record(visit).locator('li').count()) === 2);
  assert.equal(await focused(visit), 'record');
  const stops = [];
  for (let i = 0; i < 6; i++) {
    await visit.page.keyboard.press('Tab');
    stops.push(await focused(visit));
  }
  assert.deepEqual(stops, ['close', 'copy', 'SUMMARY', 'SUMMARY', 'download', 'erase']);
  await visit.page.keyboard.press('Enter');
  assert.equal(await focused(visit), 'own sure');
  await visit.page.keyboard.press('Escape');
  assert.equal(await focused(visit), 'erase');
  await visit.page.keyboard.press('Escape');
  await record(visit).waitFor({ state: 'detached' });
  assert.equal(await focused(visit), 'record');
  assert.equal(await visit.action('save').isVisible(), true);
  assert.deepEqual(visit.errors, []);
}));

test('a phone of 320 px: nothing sticks out, every button is 44 px tall; no decision, no record', visitor('record phone', async (visit) => {
  await visit.open(`${host.origin}/ja`);
  await open(visit);
  assert.match(await record(visit).innerText(), new RegExp(words('ja')['record.none']));
  assert.equal(await own(visit, 'erase').count(), 0);
  await noViolations(visit, 'empty');
  await visit.page.keyboard.press('Escape');
  await visit.action('accept-all').click();
  await visit.untilRecorded();
  await open(visit, 1);
  await record(visit).locator('summary').click();
  await own(visit, 'erase').click();
  await noViolations(visit, 'phone');
  const boxes = await record(visit).locator('button, a, summary, dd, p, li').evaluateAll((all) =>
    all.filter((e) => e.checkVisibility()).map((e) => [e.tagName, e.getBoundingClientRect()]).filter(([tag, { left, right, height }]) => left < 0 || right > innerWidth || (/^(BUTTON|A|SUMMARY)$/.test(tag) && height < 44)).map(([tag, { left, right, height }]) => `${tag} ${left} ${right} ${height}`),
  );
  assert.deepEqual(boxes, []);
}, { viewport: { width: 320, height: 640 }, hasTouch: true, colorScheme: 'dark' }));
