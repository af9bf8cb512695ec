// Operators, second factors, tokens and the audit log, as their pages have it: in both languages, by keyboard, without script, on a phone.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { site } from '../lib/service.mjs';
import { accessible, consoleSuite, DESKTOP, fits, owner, PHONE } from './lib.mjs';

const { walk, url, browser } = await consoleSuite(site('shop', ['http://127.0.0.1:9100'], ['criteo']));

const words = {
  ja: { invite: '担当者を招待', roles: '役割を変更', changed: '役割を変更しました', removed: '担当者を削除しました', last: '先に、ほかの担当者をオーナーにしてください', did: '役割の変更', editor: '編集者', token: 'sekisho site apply', copied: 'コピーしました' },
  en: { invite: 'Invite an operator', roles: 'Change the role', changed: 'The role is changed', removed: 'The operator is removed', last: 'Make somebody else an owner first', did: 'Role changed', editor: 'Editor', token: 'sekisho site apply', copied: 'Copied' },
};

/** The code of a second factor now (RFC 6238). */
function totp(secret) {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...secret].map((c) => letters.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const mac = createHmac('sha1', key).update(step).digest();
  return String((mac.readUInt32BE(mac.at(-1) & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

/** Invites somebody, and opens the link in a browser of their own, signed in. */
async function join(page, go, email, role, options = {}) {
  await go('/console/operators/invite');
  await page.fill('#email', email);
  await page.check(`[name=role][value=${role}]`);
  await page.locator('main form button').press('Enter');
  const link = await page.locator('#address').innerText();
  const context = await browser.newContext({ viewport: DESKTOP, locale: 'ja-JP', ...options });
  const theirs = await context.newPage();
  await theirs.goto(link);
  await theirs.fill('#password', owner.password);
  await theirs.keyboard.press('Enter');
  await theirs.waitForURL(/console\/sites/);
  return { context, theirs, link };
}

for (const [lang, say] of Object.entries(words))
  for (const [how, options] of [['with script', {}], ['without script, on a phone', { javaScriptEnabled: false, viewport: PHONE }]])
    walk(`an operator from invitation to removal, ${lang}, ${how}`, async ({ page, go }) => {
      const email = `${lang}${how.length}@shop.example`;
      await go('/console/operators');
      await fits(page);
      assert.equal(await page.getByRole('link', { name: say.invite }).count(), 1);
      const { context, theirs, link } = await join(page, go, email, 'viewer', options);
      await theirs.goto(`${url}/console/operators`);
      assert.equal(await theirs.getByRole('alert').count(), 1, 'a viewer may not');
      await theirs.goto(link);
      assert.equal(await theirs.locator('#password').count(), 0, 'the link is spent');
      await go('/console/operators');
      await page.getByRole('link', { name: email }).click();
      await fits(page);
      await page.check('[name=role][value=editor]');
      await page.getByRole('button', { name: say.roles }).click();
      assert.match(await page.getByRole('status').innerText(), new RegExp(say.changed));
      await theirs.goto(`${url}/console/sites`);
      await theirs.waitForURL(/sign-in/);
      await context.close();
      await page.check('[name=sure]');
      await page.locator('form[action$="/remove"] button').last().click();
      await page.waitForURL(/operators\?done=operator-removed/);
      assert.match(await page.getByRole('status').innerText(), new RegExp(say.removed));
      await go('/console/audit?action=change-role');
      const line = await page.locator('tbody tr').first().innerText();
      assert.match(line, new RegExp(say.did));
      assert.match(line, new RegExp(say.editor));
      await fits(page);
      await go('/console/operators');
      await page.getByRole('link', { name: '関所 花子' }).first().click();
      await page.check('[name=role][value=viewer]');
      await page.getByRole('button', { name: say.roles }).click();
      assert.match(await page.getByRole('alert').innerText(), new RegExp(say.last));
    }, { lang, ...options });

walk('a second factor, by keyboard alone', async ({ page, go }) => {
  const { context, theirs } = await join(page, go, 'factor@shop.example', 'viewer');
  const tabTo = async (selector) => {
    const wanted = theirs.locator(selector);
    for (let i = 0; i < 60; i++) {
      if (await wanted.evaluate((e) => e === document.activeElement)) return wanted;
      await theirs.keyboard.press('Tab');
    }
    throw new Error(`Tab does not reach ${selector}`);
  };
  await theirs.goto(`${url}/console/me`);
  await (await tabTo('a[href="/console/me/factor"]')).press('Enter');
  await (await tabTo('form[action="/console/me/factor"] button')).press('Enter');
  await theirs.waitForURL(/factor\/confirm/);
  await accessible(theirs);
  const secret = await theirs.locator('#secret').innerText();
  assert.equal(await theirs.evaluate(() => { const { width, height } = document.querySelector('.qr').getBoundingClientRect(); return width > 150 && width === height; }), true);
  await tabTo('#code');
  await theirs.keyboard.type('000000');
  await theirs.keyboard.press('Enter');
  await theirs.getByRole('alert').waitFor();
  assert.equal(await theirs.locator('#secret').innerText(), secret, 'the same code to scan');
  await tabTo('#code');
  await theirs.keyboard.type(totp(secret));
  await theirs.keyboard.press('Enter');
  const codes = (await theirs.locator('#codes').innerText()).trim().split('\n');
  assert.equal(codes.length, 10);
  await accessible(theirs);
  await (await tabTo('.actions a')).press('Enter');
  await theirs.waitForURL(/console\/me$/);
  await theirs.locator('.me summary').press('Enter');
  await (await tabTo('form[action="/console/sign-out"] button')).press('Enter');
  await theirs.waitForURL(/sign-in/);
  await theirs.fill('#email', 'factor@shop.example');
  await theirs.fill('#password', owner.password);
  await theirs.keyboard.press('Enter');
  await theirs.waitForURL(/sign-in\/code/);
  await theirs.keyboard.type(codes[0]);
  await theirs.keyboard.press('Enter');
  await theirs.waitForURL(/console\/sites/);
  await context.close();
});

for (const [lang, say] of Object.entries(words))
  walk(`a token, from its making to its end, ${lang}`, async ({ page, go, context }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: url });
    await go('/console/operators/tokens/new');
    await page.fill('#name', `CI ${lang}`);
    await page.check('[name=permission][value=see-sites]');
    await page.check('[name=site][value=shop]');
    await page.locator('main form button').click();
    const token = await page.locator('#token').innerText();
    assert.match(await page.locator('main').innerText(), new RegExp(say.token));
    await page.locator('[data-copy=token]').click();
    await page.getByRole('button', { name: say.copied }).waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), token);
    const ask = async (path, options) => (await fetch(url + path, { headers: { authorization: `Bearer ${token}` }, ...options })).status;
    assert.equal(await ask('/v1/sites/shop'), 200);
    assert.equal(await ask('/v1/sites/shop/reports'), 403, 'not what it may');
    await go('/console/operators/tokens');
    await fits(page);
    const row = page.locator('tbody tr', { hasText: `CI ${lang}` });
    assert.match(await row.innerText(), /shop/);
    await row.getByRole('link').click();
    await page.locator('main form button').click();
    await page.waitForURL(/done=token-revoked/);
    assert.equal(await ask('/v1/sites/shop'), 403, 'revoked');
  }, { lang });

walk('the audit log is filtered, paged and exported', async ({ page, go }) => {
  await go('/console/audit');
  await page.selectOption('#action', 'set-up');
  await page.locator('main form button').press('Enter');
  await page.waitForURL(/action=set-up/);
  assert.equal(await page.locator('tbody tr').count(), 1);
  assert.match(await page.locator('tbody').innerText(), /最初のオーナーの登録/);
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'CSV' }).click()]);
  assert.equal(download.suggestedFilename(), 'sekisho-audit.csv');
  const text = await readFile(await download.path(), 'utf8');
  assert.ok(text.startsWith('\ufeff番号,') && text.trim().split('\n').length === 2, text);
  await go('/console/audit?action=export-audit');
  assert.equal(await page.locator('tbody tr').count(), 1, 'the export is in the log');
});

walk('where one is signed in, and out again', async ({ page, go }) => {
  const { context, theirs } = await join(page, go, 'sessions@shop.example', 'viewer', { viewport: PHONE });
  const second = await browser.newContext({ locale: 'ja-JP' });
  const elsewhere = await second.newPage();
  await elsewhere.goto(`${url}/console/sign-in`);
  await elsewhere.fill('#email', 'sessions@shop.example');
  await elsewhere.fill('#password', owner.password);
  await elsewhere.keyboard.press('Enter');
  await elsewhere.waitForURL(/console\/sites/);
  await theirs.goto(`${url}/console/me`);
  await fits(theirs);
  assert.equal(await theirs.locator('tbody tr').count(), 2);
  await theirs.locator('tbody tr', { hasNotText: 'この端末' }).getByRole('button').click();
  await theirs.waitForURL(/done=session-ended/);
  assert.equal(await theirs.locator('tbody tr').count(), 1);
  await elsewhere.goto(`${url}/console/sites`);
  await elsewhere.waitForURL(/sign-in/);
  await second.close();
  await context.close();
});

for (const colorScheme of ['light', 'dark'])
  walk(`axe finds nothing, ${colorScheme}`, async ({ page, go }) => {
    const paths = ['/console/me', '/console/me/factor', '/console/operators', '/console/operators/invite', '/console/operators/tokens', '/console/operators/tokens/new', '/console/audit', '/console/audit?from=x', '/console/help/people', '/console/help/audit'];
    for (const path of paths) {
      await go(path);
      await accessible(page);
    }
    await go('/console/operators');
    await page.getByRole('link', { name: '関所 花子' }).first().click();
    await accessible(page);
    await page.locator('form[action$="/reset"] button').click();
    await accessible(page);
    await go('/console/operators');
    await page.locator('a[href*="/links/"]').first().click();
    await accessible(page);
    await page.locator('main form button').click();
    await page.waitForURL(/link-withdrawn/);
  }, { colorScheme });
