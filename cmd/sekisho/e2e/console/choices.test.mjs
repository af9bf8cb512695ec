// What visitors chose, as the console tells it: in both languages, by keyboard, without script, on a phone; and as files.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { site } from '../lib/service.mjs';
import { accessible, consoleSuite, fits, PHONE } from './lib.mjs';
import { decide } from './decide.mjs';

const origin = 'http://127.0.0.1:9100';
const { walk, url } = await consoleSuite(site('shop', [origin], ['criteo']), site('quiet', [origin], ['criteo']));

for (let i = 0; i < 10; i++) await decide(url, origin, { action: 'accept-all' });
for (let i = 0; i < 6; i++) await decide(url, origin, { action: 'reject-all' });
await decide(url, origin, { action: 'accept-all', language: 'en' });

const words = {
  ja: { title: '選択の集計', none: 'この期間の選択はありません', few: '5未満', hidden: '非表示', length: '7日間', days: '日別', languages: '言語別', reason: '期間は7日から366日' },
  en: { title: 'What visitors chose', none: 'Nobody chose anything', few: '<5', hidden: 'hidden', length: '7 days', days: 'By day', languages: 'By language', reason: 'from 7 to 366 days' },
};

for (const [lang, say] of Object.entries(words))
  for (const [how, options] of [['with script', {}], ['without script, on a phone', { javaScriptEnabled: false, viewport: PHONE }]])
    walk(`what visitors chose, ${lang}, ${how}`, async ({ page, go }) => {
      await go('/console/sites/shop/choices');
      assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), say.title);
      await fits(page);
      // The way to another period, by keyboard alone.
      await page.getByRole('link', { name: say.length, exact: true }).press('Enter');
      await page.waitForURL(/days=7/);
      assert.equal(await page.locator('.tabs [aria-current]').innerText(), say.length);
      assert.equal(await page.getByRole('img').count(), 1, 'the chart');
      const column = await page.locator('.chart g').last().locator('rect').evaluateAll((parts) => parts.map((part) => part.getAttribute('class')));
      assert.deepEqual(column, ['s1', 's2'], 'today has accepted and rejected');
      const row = (name) => page.getByRole('region', { name: say.languages }).getByRole('row', { name }).innerText();
      assert.match(await row('English'), new RegExp(say.few));
      assert.match(await row('日本語'), new RegExp(say.hidden));
      await page.locator('summary').filter({ hasText: say.days }).press('Enter');
      assert.equal(await page.getByRole('region', { name: say.days, exact: true }).getByRole('row').count(), 8);

      await page.fill('#to', '2020-01-03');
      await page.fill('#from', '2020-01-01');
      await page.locator('main form button').press('Enter');
      assert.match(await page.locator('#reason-to').innerText(), new RegExp(say.reason));
      assert.equal(await page.inputValue('#from'), '2020-01-01', 'what was typed is kept');
      await page.fill('#to', '2020-01-07');
      await page.keyboard.press('Enter');
      await page.getByText(say.none).waitFor();
      await fits(page);
    }, { lang, ...options });

walk('a file hides what the page hides', async ({ page, go }) => {
  await go('/console/sites/shop/choices?days=7');
  const save = async (name) => {
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name, exact: true }).click()]);
    assert.match(download.suggestedFilename(), new RegExp(`^sekisho-shop-choices-.*\\.${name.toLowerCase()}$`));
    return readFile(await download.path(), 'utf8');
  };
  const table = await save('CSV');
  assert.equal(table[0], '\ufeff', 'so that Excel knows the encoding');
  assert.match(table, /言語別,English,<5,0,0,0,0,<5/);
  assert.match(table, /言語別,日本語,\*,/);
  const { languages } = JSON.parse(await save('JSON'));
  assert.equal(languages.find(({ name }) => name === 'en').counts[0], '<5');
});

for (const colorScheme of ['light', 'dark'])
  walk(`axe finds nothing in the figures, ${colorScheme}`, async ({ page, go }) => {
    for (const path of ['/console/sites/shop/choices', '/console/sites/quiet/choices', '/console/sites/shop/choices?from=x&to=y', '/console/help/choices']) {
      await go(path);
      for (const summary of await page.locator('main summary').all()) await summary.press('Enter');
      await accessible(page);
    }
  }, { colorScheme });
