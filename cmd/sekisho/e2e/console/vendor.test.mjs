// Vendors as a marketer chooses them: from the catalogue, by a snippet, of one's own, by what pages met; and the tag.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after } from 'node:test';
import { site } from '../lib/service.mjs';
import { until } from '../lib/until.mjs';
import { accessible, consoleSuite, fits, PHONE } from './lib.mjs';

// The site's own page, with whatever tag is put into it.
let tag = '';
const shop = createServer((_, response) => response.setHeader('content-type', 'text/html').end(`<!doctype html><meta charset="utf-8">${tag}<title>shop</title>`));
await new Promise((done) => shop.listen(0, '127.0.0.1', done));
after(() => new Promise((done) => shop.close(done)));
const ORIGIN = `http://127.0.0.1:${shop.address().port}`;
const keys = ['ja', 'en', 'noscript', 'keys', 'own', 'file', 'tag', 'axe'];
const { walk, url } = await consoleSuite(...keys.map((key) => site(key, [ORIGIN], ['criteo', 'microsoft-clarity'], { policy: key === 'tag' })));

const snippet = `<script>(function(w,d){t.src="https://www.clarity.ms/tag/"+i})()</script>
<script async src="https://www.googletagmanager.com/gtag/js?id=G-ABC"></script><img src="//tr.unheard-of.example.com/p">`;

const words = {
  ja: { add: '選んだ外部事業者を追加', added: '追加済み', undo: '元に戻す', remove: '外す', find: '検索', look: '調べる', save: '保存' },
  en: { add: 'Add the chosen vendors', added: 'Added', undo: 'Undo', remove: 'Remove', find: 'Search', look: 'Look', save: 'Save' },
};
const ids = (page) => page.locator('li[id^=vendor-]').evaluateAll((rows) => rows.map(({ id }) => id.slice(7)));

for (const [name, key, lang, options] of [
  ['ja', 'ja', 'ja', {}], ['en', 'en', 'en', {}], ['ja, without script, on a phone', 'noscript', 'ja', { javaScriptEnabled: false, viewport: PHONE }],
])
  walk(`vendors are found, added, arranged, removed and taken back, ${name}`, async ({ page, go }) => {
    const say = words[lang];
    await go(`/console/sites/${key}/catalogue`);
    await fits(page);
    await page.fill('#q', 'かるて');
    await page.getByRole('button', { name: say.find, exact: true }).click();
    assert.equal(await page.locator('.offers tbody tr').count(), 1);
    await page.check('#add-karte');
    await page.getByRole('button', { name: say.add }).click();
    await page.waitForURL(/vendors\?done=vendors-added/);
    await go(`/console/sites/${key}/paste`);
    await page.fill('#snippet', snippet);
    await page.getByRole('button', { name: say.look, exact: true }).click();
    assert.match(await page.locator('#main').innerText(), /tr\.unheard-of\.example\.com/);
    assert.ok(await page.isChecked('#add-google-analytics-4'));
    await fits(page);
    await page.getByRole('button', { name: say.add }).click();
    assert.equal(await page.inputValue('#snippet'), snippet, 'what was pasted stays');
    await go(`/console/sites/${key}/vendors`);
    await fits(page);
    const before = await ids(page);
    assert.deepEqual([...before].sort(), ['criteo', 'google-analytics-4', 'karte', 'microsoft-clarity']);
    await page.locator('#vendor-google-analytics-4 [name=up]').click();
    await page.waitForURL(/#vendor-google-analytics-4$/);
    assert.ok((await ids(page)).indexOf('google-analytics-4') < (await ids(page)).indexOf('microsoft-clarity'));
    await page.locator('#vendor-criteo [name=remove]').click();
    await page.waitForURL(/done=vendor-removed/);
    assert.ok(!(await ids(page)).includes('criteo'));
    await page.getByRole('button', { name: say.undo }).click();
    await page.waitForURL(/done=undone/);
    assert.ok((await ids(page)).includes('criteo'));
    await page.locator('#vendor-microsoft-clarity a').first().click();
    await page.check('[name=mode][value=both]');
    await page.check('[name=linked]');
    await page.locator('form[action$=clarity] button').click();
    await page.waitForURL(/done=saved/);
    assert.ok(await page.isChecked('[name=mode][value=both]'));
    await fits(page);
  }, { lang, ...options });

walk('a vendor is added by keyboard alone', async ({ page, go }) => {
  const tabTo = async (selector) => {
    for (let i = 0; i < 250; i++) {
      if (await page.evaluate((s) => document.activeElement?.matches(s), selector)) return;
      await page.keyboard.press('Tab');
    }
    assert.fail(`${selector} is not reached`);
  };
  await go('/console/sites/keys/catalogue');
  await tabTo('#q');
  await page.keyboard.type('karte');
  await page.keyboard.press('Enter');
  await page.waitForURL(/q=karte/);
  await tabTo('#add-karte');
  await page.keyboard.press('Space');
  await tabTo('.stays button');
  await page.keyboard.press('Enter');
  await page.waitForURL(/done=vendors-added/);
  await tabTo('#vendor-karte [name=remove]');
  await page.keyboard.press('Enter');
  await page.waitForURL(/done=vendor-removed/);
  assert.ok(!(await ids(page)).includes('karte'));
});

walk('a vendor of one\'s own is tried, mended and saved', async ({ page, go }) => {
  await go('/console/sites/own/own-vendor?host=tr.unheard-of.example.com');
  await page.fill('#try', 'https://tr.unheard-of.example.com/p?x=1');
  await page.locator('[name=test]').click();
  assert.match(await page.locator('#verdict').innerText(), /この外部事業者のタグ/);
  await page.fill('[id="name.ja"]', '地元計測');
  await page.locator('form.narrow .actions button').click();
  assert.match(await page.locator('#problem').innerText(), /法人名/);
  assert.doesNotMatch(await page.locator('#main').innerText(), /must |is missing/);
  await accessible(page);
  assert.equal(await page.inputValue('[id="name.ja"]'), '地元計測', 'what was typed stays');
  await page.fill('[id="entity.ja"]', '株式会社地元計測');
  await page.selectOption('#main-purpose', 'analytics');
  await page.check('[name=data][value=page-url]');
  await page.fill('[id="receives.ja"]', '閲覧したページのアドレス');
  await page.fill('[id="usedFor.ja"]', '閲覧数を集計するために使います。');
  await page.locator('form.narrow .actions button').click();
  await page.waitForURL(/vendors\?done=saved/);
  assert.match(await page.locator('#main').innerText(), /地元計測/);
});

walk('a draft goes out as a file and comes back', async ({ page, go, context }) => {
  const text = await (await context.request.get(`${url}/console/sites/file/export`)).text();
  await go('/console/sites/file/import');
  await page.setInputFiles('#file', { name: 'site.json', mimeType: 'application/json', buffer: Buffer.from(text.replace('"criteo"', '"karte"')) });
  await page.locator('form button').last().click();
  assert.match(await page.locator('#main').innerText(), /KARTE/);
  await accessible(page);
  await page.locator('[name=replace]').click();
  await page.waitForURL(/done=imported/);
  assert.ok((await ids(page)).includes('karte'));
  await go('/console/sites/file/import');
  await page.setInputFiles('#file', { name: 'site.json', mimeType: 'application/json', buffer: Buffer.from('{"key": "file",}') });
  await page.locator('form button').last().click();
  assert.match(await page.getByRole('alert').innerText(), /ファイルを読み取れませんでした/);
});

walk('the tag is copied, and seen once a page of the site has loaded it', async ({ page, go, context }) => {
  await go('/console/sites/tag/tag');
  assert.match(await page.locator('#seen').innerText(), /まだ確認できていません/);
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: url });
  await page.locator('[data-copy]').click();
  await page.getByText('コピーしました').waitFor();
  tag = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(tag, /<script src="[^"]+\/s\/tag\.js"><\/script>/);
  const visitor = await context.newPage();
  await visitor.goto(ORIGIN);
  await visitor.close();
  await until('the tag to be seen', async () => {
    await go('/console/sites/tag/tag');
    return /読み込まれています/.test(await page.locator('#seen').innerText());
  });
  for (const way of ['sealed', 'strict', 'nginx', 'apache', 'cloudflare', 'gpc']) {
    await go(`/console/sites/tag/tag?way=${way}`);
    await fits(page);
    assert.ok((await page.locator('#snippet').innerText()).length > 20, way);
  }
});

for (const [colorScheme, viewport] of [['light', undefined], ['dark', PHONE]])
  walk(`axe finds nothing on the pages of vendors and the tag, ${colorScheme}`, async ({ page, go }) => {
    for (const path of ['vendors', 'vendors/microsoft-clarity', 'catalogue?q=google', 'catalogue?q=nothing+at+all', 'paste', 'own-vendor', 'discovered', 'import', 'tag', 'tag?way=nginx']) {
      await go(`/console/sites/axe/${path}`);
      await fits(page);
      await accessible(page);
    }
    await go('/console/sites/axe/paste');
    await page.fill('#snippet', snippet);
    await page.locator('form .actions button').first().click();
    await accessible(page);
  }, { colorScheme, viewport });
