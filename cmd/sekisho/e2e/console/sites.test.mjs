// A site from nothing to its publication, and back: added, set up, worded, coloured, previewed, published, rolled back and undone.
import assert from 'node:assert/strict';
import { site } from '../lib/service.mjs';
import { accessible, consoleSuite, fits, PHONE } from './lib.mjs';

const { walk } = await consoleSuite(site('shop', ['http://127.0.0.1:9100'], ['criteo']));

const words = {
  ja: {
    scheme: '先頭に https:// を付けて', months: '月数を数字で入力してください', steps: '公開までの手順', contrast: '同じ色合いで基準を満たす最も近い色は (#[0-9a-f]{6})',
    undone: '元に戻しました', undo: '元に戻す', published: '公開しました', back: /この版に戻す/, rolled: '以前の版に戻しました', title: 'タグの利用について',
    told: '外観（基本の色）：標準 → #0a5bd3', who: '公開するには、サイトの運営者の名称が必要です',
  },
  en: {
    scheme: 'has no scheme; write "https://', months: 'must be a number of months', steps: 'Steps to publication', contrast: 'The nearest of its hue that passes is (#[0-9a-f]{6})',
    undone: 'Taken back', undo: 'Undo', published: 'Published', back: /Go back to this/, rolled: 'The earlier revision is live again', title: 'About our tags',
    told: 'look (accent): the usual → #0a5bd3', who: 'must name who runs the site before it is published',
  },
};

/** The button that sends the form of the page. */
const send = (page) => page.locator('main form button:not(.link)').first();
const done = async (page, text) => assert.ok((await page.getByRole('status').innerText()).includes(text), await page.getByRole('status').innerText());
const refused = async (page, text) => assert.match(await page.getByRole('alert').innerText(), new RegExp(text));

for (const [lang, say] of Object.entries(words))
  for (const [how, options] of [['with script', {}], ['without script, on a phone', { javaScriptEnabled: false, viewport: PHONE }]]) {
    const key = `${lang}-${options.viewport ? 'phone' : 'desktop'}`;
    const at = `/console/sites/${key}`;
    const scripted = !options.viewport;

    walk(`a site is added, set up, published and rolled back, ${lang}, ${how}`, async ({ page, go }) => {
      page.on('dialog', (dialog) => dialog.accept());

      await go('/console/sites/new');
      await page.fill('#key', key);
      await page.fill('[id="name.ja"]', '二号店');
      await page.fill('#origins', 'www.example.jp');
      await page.check('[name=languages][value=ja]');
      if (lang === 'en') await page.check('[name=languages][value=en]');
      await send(page).click();
      await refused(page, say.scheme);
      assert.equal(await page.inputValue('#origins').then((text) => text.trim()), 'www.example.jp', 'what was typed is kept');
      assert.equal(await page.locator('#origins').getAttribute('aria-invalid'), 'true');
      await page.fill('#origins', 'https://www.example.jp');
      await send(page).click();
      await page.waitForURL(new RegExp(`${at}\\?done=created`));
      await page.getByRole('heading', { name: say.steps }).waitFor();
      await fits(page);

      await go(`${at}/publish`);
      assert.ok((await page.locator('main').innerText()).includes(say.who), 'what is missing stands there');
      await go(`${at}/settings`);
      await page.fill('#expiryMonths', 'six');
      await page.fill('[id="controller.ja"]', '株式会社エグザンプル');
      await page.fill('#email', 'privacy@example.jp');
      await send(page).click();
      await refused(page, say.months);
      assert.equal(await page.inputValue('#email'), 'privacy@example.jp', 'what was typed is kept');
      const described = await page.locator('#expiryMonths').getAttribute('aria-describedby');
      assert.ok((await page.locator(`[id="${described.split(' ')[0]}"]`).innerText()).includes(say.months));
      await page.fill('#expiryMonths', '6');
      await send(page).click();
      await page.waitForURL(/done=saved/);
      await fits(page);

      await go(`${at}/catalogue?q=criteo`);
      await page.check('[name=vendor][value=criteo]');
      await page.locator('form[method=post]:has([name=vendor]) button').last().click();
      await page.waitForURL(/done=vendors-added/);

      await go(`${at}/texts?in=ja`);
      await page.fill('[id="banner.title"]', say.title);
      await send(page).click();
      await page.waitForURL(/done=saved/);
      await fits(page);

      await go(`${at}/look`);
      await page.locator('details:has([id="light.text"]) > summary').click();
      await page.fill('[id="light.text"]', '#eeeeee');
      await send(page).click();
      await refused(page, say.contrast);
      const [, nearest] = new RegExp(say.contrast).exec(await page.getByRole('alert').innerText());
      await page.fill('[id="light.text"]', nearest);
      await page.fill('#accent', '#0a5bd3');
      await page.check('[name=place][value=card-left]');
      await send(page).click();
      await page.waitForURL(/done=saved/);
      await fits(page);
      if (scripted) {
        const banner = page.frameLocator('.preview iframe').locator('#sekisho');
        await banner.getByText(say.title).first().waitFor();
      }
      await page.getByRole('button', { name: say.undo }).click();
      await page.waitForURL(/done=undone/);
      await done(page, say.undone);
      await go(`${at}/look`);
      assert.equal(await page.inputValue('#accent'), '', 'the edit is taken back');

      const publish = async () => {
        await go(`${at}/publish`);
        await fits(page);
        const text = await page.locator('main').innerText();
        await page.locator(`form[action="${at}/publish"] button`).click();
        await page.waitForURL(/done=published/);
        await done(page, say.published);
        return text;
      };
      await publish();
      await go(`${at}/look`);
      await page.fill('#accent', '#0a5bd3');
      await send(page).click();
      await page.waitForURL(/done=saved/);
      assert.ok((await publish()).includes(say.told), 'the difference is told in words');

      await go(`${at}/history`);
      await fits(page);
      assert.equal(await page.locator('tbody tr').count(), 2);
      await page.getByRole('button', { name: say.back }).first().click();
      await page.waitForURL(/done=rolled-back/);
      await done(page, say.rolled);
      await go(`${at}/look`);
      assert.equal(await page.inputValue('#accent'), '#0a5bd3', 'the draft stays as it is');
    }, { lang, ...options });
  }

walk('settings are changed and published by keyboard alone', async ({ page, go }) => {
  const tabTo = async (selector) => {
    const wanted = page.locator(selector);
    for (let i = 0; i < 90; i++) {
      if (await wanted.evaluate((e) => e === document.activeElement)) return wanted;
      await page.keyboard.press('Tab');
    }
    throw new Error(`Tab does not reach ${selector}`);
  };
  await go('/console/sites');
  await (await tabTo('main a[href="/console/sites/shop"]')).press('Enter');
  await page.waitForURL(/sites\/shop$/);
  await (await tabTo('nav.site a[href$="/settings"]')).press('Enter');
  await page.waitForURL(/settings$/);
  await tabTo('#expiryMonths');
  await page.keyboard.press('Control+A');
  await page.keyboard.type('12');
  await page.keyboard.press('Enter');
  await page.waitForURL(/done=saved/);
  await (await tabTo('nav.site a[href$="/publish"]')).press('Enter');
  await page.waitForURL(/publish$/);
  assert.match(await page.locator('main').innerText(), /有効期間（月）：6 → 12/);
  await (await tabTo('form[action="/console/sites/shop/publish"] button')).press('Enter');
  await page.waitForURL(/done=published/);
});

const areas = ['', '/texts', '/look', '/settings', '/publish', '/history', '/tag'];
for (const colorScheme of ['light', 'dark'])
  walk(`axe finds nothing on a site's pages, ${colorScheme}`, async ({ page, go }) => {
    for (const path of ['/console/sites', '/console/sites/new', ...areas.map((area) => `/console/sites/shop${area}`), '/console/help/start', '/console/help/settings', '/console/help/look']) {
      await go(path);
      await accessible(page);
    }
  }, { colorScheme });

walk('on a phone the head has two rows, and the menu shows where one is', async ({ page, go }) => {
  for (const area of areas) {
    await go(`/console/sites/shop${area}`);
    await fits(page);
    await accessible(page);
    const { head, shown } = await page.evaluate(() => {
      const here = document.querySelector('nav.site ul [aria-current]').getBoundingClientRect();
      return { head: document.querySelector('.top').getBoundingClientRect().height, shown: here.left >= 0 && here.right <= innerWidth };
    });
    assert.ok(head <= 112, `${area}: the head is ${head} px high`);
    assert.ok(shown, `${area} is in view`);
  }
}, { viewport: PHONE });
