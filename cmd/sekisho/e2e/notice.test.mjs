// The notice page: what it says in both languages, on a phone, on paper, in the dark and without script; in a frame of the
// site's own pages and nobody else's; and a change that is announced in the console and told of there.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after } from 'node:test';
import { accessible, consoleSuite, DESKTOP, fits, PHONE } from './console/lib.mjs';
import { freePort } from './lib/process.mjs';
import { site } from './lib/service.mjs';

const ports = [await freePort(), await freePort()];
const [own, other] = ports.map((port) => `http://127.0.0.1:${port}`);
const THEME = { accent: '#7a1f2b', light: { panel: '#f6f1e7' }, dark: { panel: '#2a2521' } };
const vendors = ['google-analytics-4', 'criteo', 'line-tag', { id: 'microsoft-clarity', linkedWithPersonalData: true }];
const { walk, url } = await consoleSuite(
  site('shop', [own], vendors, { theme: THEME, notice: {
    controller: { ja: '株式会社 例の店', en: 'Example Shop K.K.' }, contact: { email: 'privacy@shop.example', phone: '03-1234-5678' },
    complaints: { name: { ja: '一般社団法人 例の協会', en: 'Example Association' }, url: 'https://body.example/', phone: '03-9999-0000' }, enacted: '2018-04-01',
  } }),
  site('plain', [own], []),
);

for (const port of ports) {
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(`<!doctype html><html lang="ja"><title>ページ</title><h1>プライバシーポリシー</h1><iframe src="${url}/sites/shop/notice/embed" title="外部への情報送信について" width="100%" height="800"></iframe>`);
  });
  await new Promise((listening) => server.listen(port, '127.0.0.1', listening));
  after(() => new Promise((closed) => { server.closeAllConnections(); server.close(closed); }));
}

const picture = async (page, name) => {
  if (!process.env.SHOTS) return;
  await mkdir(process.env.SHOTS, { recursive: true });
  await page.screenshot({ path: join(process.env.SHOTS, `notice-${name}.png`), fullPage: true });
};
const rgb = (hex) => `rgb(${[1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16)).join(', ')})`;
const words = {
  ja: { title: '外部への情報送信について', countries: '外国の個人情報保護制度', complaints: '苦情の申出先', enacted: '2018年4月1日', body: '一般社団法人 例の協会', changes: '前の版との違い' },
  en: { title: 'Information sent to third parties', countries: 'Data protection outside Japan', complaints: 'Complaints', enacted: '1 April 2018', body: 'Example Association', changes: 'What changed' },
};

for (const [lang, say] of Object.entries(words))
  for (const [width, viewport] of [['phone', PHONE], ['desktop', DESKTOP]])
    for (const colorScheme of ['light', 'dark'])
      walk(`the notice, ${lang}, ${width}, ${colorScheme}`, async ({ page, go }) => {
        await go(`/sites/shop/notice?lang=${lang}`);
        assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), say.title);
        for (const name of [say.countries, say.complaints]) await page.getByRole('heading', { name, exact: true }).waitFor();
        const text = await page.locator('main').innerText();
        for (const part of [say.enacted, say.body, '03-9999-0000', 'Criteo', 'Microsoft Clarity']) assert.ok(text.includes(part), part);
        assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), rgb(THEME[colorScheme].panel));
        await fits(page);
        await picture(page, `${lang}-${width}-${colorScheme}`);
        await accessible(page);
      }, { lang, viewport, colorScheme, signedIn: false });

walk('a country leads to what is known of its law, without script', async ({ page, go }) => {
  await go('/sites/shop/notice');
  await page.locator('#vendor-microsoft-clarity a[href="#country-US"]').click();
  await page.waitForURL(/#country-US$/);
  assert.match(await page.locator('#country-US').innerText(), /データプライバシーフレームワーク[\s\S]*グローバルCBPR[\s\S]*個人情報保護委員会/);
}, { javaScriptEnabled: false, signedIn: false });

walk('on paper: black on white whatever the theme, addresses spelt out, no link that cannot be followed', async ({ page, go }) => {
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  await go('/sites/shop/notice');
  const seen = await page.evaluate(() => ({
    ground: getComputedStyle(document.body).backgroundColor, ink: getComputedStyle(document.body).color,
    contents: getComputedStyle(document.querySelector('.contents')).display,
    address: getComputedStyle(document.querySelector('.links a'), '::after').content,
  }));
  assert.deepEqual([seen.ground, seen.ink, seen.contents], ['rgb(255, 255, 255)', 'rgb(0, 0, 0)', 'none']);
  assert.match(seen.address, /https:\/\//);
  await picture(page, 'print');
  const pdf = await page.pdf({ format: 'A4', margin: { top: '15mm', bottom: '15mm', left: '15mm', right: '15mm' } });
  assert.ok(pdf.length > 10_000 && pdf.subarray(0, 5).toString() === '%PDF-');
}, { signedIn: false });

walk('in a frame of the site it is there, and its links lead out of it', async ({ page }) => {
  await page.goto(own);
  const frame = page.frameLocator('iframe');
  await frame.getByRole('heading', { level: 1, name: words.ja.title }).waitFor();
  assert.equal(await frame.locator('.links a:not([target=_blank])').count(), 0);
  await picture(page, 'framed');
}, { signedIn: false });

walk('in a frame of any other page it is refused', async ({ page }) => {
  const refusal = page.waitForEvent('console', (message) => /frame-ancestors/.test(message.text()));
  await page.goto(other);
  await refusal;
  assert.equal(await page.frameLocator('iframe').getByRole('heading', { level: 1, name: words.ja.title }).count(), 0);
}, { signedIn: false });

walk('a site without vendors says so', async ({ page, go }) => {
  await go('/sites/plain/notice');
  assert.match(await page.locator('.lead').innerText(), /利用していません/);
  await accessible(page);
}, { signedIn: false });

for (const [lang, options] of [['ja', { javaScriptEnabled: false, viewport: PHONE }], ['en', {}]])
  walk(`a change is announced, told of, and withdrawn, ${lang}`, async ({ page, go }) => {
    const say = {
      ja: { announce: '公開日時を指定して予告する', button: '予告する', told: '予告しました', heading: '変更の予告', see: '変更の内容を見る', withdraw: '予告を取り消す' },
      en: { announce: 'Announce it for later', button: 'Announce', told: 'Announced.', heading: 'A change to come', see: 'See what will change', withdraw: 'Withdraw it' },
    }[lang];
    await go('/console/sites/shop/settings');
    await page.fill('#complaintsPhone', lang === 'ja' ? '03-7777-0001' : '03-7777-0002');
    await page.locator('form.narrow button').last().click();
    await page.waitForURL(/done=saved/);
    await go('/console/sites/shop/publish');
    await page.locator('summary', { hasText: say.announce }).press('Enter');
    await page.fill('#liveAt', `${new Date().getUTCFullYear() - 1}-01-01T00:00`);
    await page.getByRole('button', { name: say.button, exact: true }).click();
    await page.locator('#liveAt[aria-invalid=true]').waitFor();
    await fits(page);
    // A time is taken as it was offered: what the page shows by itself is a month ahead.
    await go('/console/sites/shop/publish');
    await page.locator('summary', { hasText: say.announce }).press('Enter');
    const offered = await page.inputValue('#liveAt');
    assert.ok(new Date(offered) - Date.now() > 27 * 24 * 3600_000, offered);
    if (options.javaScriptEnabled !== false) await accessible(page);
    await picture(page, `publish-${lang}`);
    await page.getByRole('button', { name: say.button, exact: true }).click();
    await page.waitForURL(/done=announced/);
    assert.ok((await page.locator('main').innerText()).includes(say.told) || (await page.getByText(say.told).count()) > 0);
    await fits(page);
    await picture(page, `announced-${lang}`);

    await go(`/sites/shop/notice?lang=${lang}`);
    await page.getByRole('heading', { name: say.heading }).waitFor();
    if (options.javaScriptEnabled !== false) await accessible(page);
    await picture(page, `to-come-${lang}`);
    await page.getByRole('link', { name: say.see }).click();
    assert.match(await page.locator('main').innerText(), lang === 'ja' ? /03-9999-0000[\s\S]*03-7777-0001/ : /03-9999-0000[\s\S]*03-7777-0002/);
    await fits(page);
    if (options.javaScriptEnabled !== false) await accessible(page);
    await picture(page, `changes-${lang}`);

    await go('/console/sites/shop/publish');
    await page.getByRole('button', { name: say.withdraw }).click();
    await page.waitForURL(/done=announcement-withdrawn/);
    // Not by the browser, which may show for a minute what it has.
    const notice = await (await fetch(`${url}/sites/shop/notice?lang=${lang}`)).text();
    assert.ok(!notice.includes(say.heading));
  }, { lang, ...options });
