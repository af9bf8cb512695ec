// One visitor's record in the console: found by id and by receipt, what was shown, and its end; in both languages, by keyboard, without script, on a phone.
import assert from 'node:assert/strict';
import { site } from '../lib/service.mjs';
import { accessible, consoleSuite, fits, PHONE } from './lib.mjs';
import { decide } from './decide.mjs';

const origin = 'http://127.0.0.1:9100';
const { walk, url } = await consoleSuite(site('shop', [origin], ['criteo']));

const words = {
  ja: { title: '記録の照会', accepted: 'すべて許可', rightReceipt: '署名は正しく', wrong: '署名は正しくありません', erased: 'この訪問者の記録を消去しました', nothing: '記録はありません', see: '第1版を見る', shown: '第1版の表示内容', read: '訪問者の記録の照会', erasure: '訪問者の記録の消去' },
  en: { title: 'Records', accepted: 'Accepted all', rightReceipt: 'signature is right', wrong: 'signature is wrong', erased: 'The visitor’s record is erased', nothing: 'Nothing is kept', see: 'See revision 1', shown: 'What revision 1 showed', read: 'Visitor’s record looked at', erasure: 'Visitor’s record erased' },
};

for (const [lang, say] of Object.entries(words))
  for (const [how, options] of [['with script', {}], ['without script, on a phone', { javaScriptEnabled: false, viewport: PHONE }]])
    walk(`a record from question to erasure, ${lang}, ${how}`, async ({ page, go }) => {
      const { visitor, receipt } = await decide(url, origin, { action: 'accept-all', language: lang });
      const look = async (text) => {
        await page.fill('#find', text);
        await page.getByRole('button', { name: lang === 'ja' ? '記録を表示' : 'Show the record' }).press('Enter');
        await page.waitForLoadState();
      };
      await go('/console/sites/shop/records');
      assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), say.title);
      await look(JSON.stringify({ ...receipt, action: 'reject-all' }));
      assert.match(await page.getByRole('status').innerText(), new RegExp(say.wrong));
      assert.equal(await page.getByRole('code').filter({ hasText: visitor }).count(), 0, 'no record is opened');
      await look(JSON.stringify(receipt, null, 2));
      assert.match(await page.getByRole('status').innerText(), new RegExp(say.rightReceipt));
      await look(visitor);
      assert.ok(!page.url().includes(visitor), 'no address has the id');
      assert.match(await page.locator('main h3').first().innerText(), new RegExp(say.accepted));
      await fits(page);

      await page.getByRole('link', { name: say.see }).press('Enter');
      assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), say.shown);
      await fits(page);
      const widget = page.frameLocator('iframe');
      if (options.javaScriptEnabled !== false) await widget.getByRole('button', { name: lang === 'ja' ? 'すべて許可' : 'Accept all' }).waitFor();

      await go('/console/sites/shop/records');
      await look(visitor);
      await page.getByRole('checkbox').press('Space');
      await page.locator('button.danger').press('Enter');
      await page.waitForURL(/done=erased/);
      assert.match(await page.getByRole('status').innerText(), new RegExp(say.erased));
      await look(visitor);
      await page.getByText(say.nothing).waitFor();

      await go('/console/audit?site=shop');
      const log = page.locator('tbody tr');
      const found = await log.filter({ hasText: visitor }).allInnerTexts();
      assert.deepEqual(found.map((line) => [say.erasure, say.read].find((words) => line.includes(words))), [say.read, say.erasure, say.read, say.read, say.read], 'each look and the end, the newest first');
    }, { lang, ...options });

for (const colorScheme of ['light', 'dark'])
  walk(`axe finds nothing in records, ${colorScheme}`, async ({ page, go }) => {
    const { visitor } = await decide(url, origin, { action: 'reject-all' });
    await go('/console/sites/shop/records');
    await accessible(page);
    await page.fill('#find', visitor);
    await page.locator('main form button').press('Enter');
    await page.getByRole('code').filter({ hasText: visitor }).waitFor();
    await accessible(page);
    await go('/console/sites/shop/records/revisions/1');
    await accessible(page);
    await go('/console/help/records');
    await accessible(page);
  }, { colorScheme });
