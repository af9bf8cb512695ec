// The first layer: what it says, that both choices weigh the same, and what is
// never taken for a choice.

import assert from 'node:assert/strict';
import test, { after, afterEach } from 'node:test';
import { contrast } from './contrast.mjs';
import { action, decisions, DESKTOP, PHONE, setUp } from './host.mjs';
import { sample, TWENTY } from './sample.mjs';

const { visit, host } = await setUp({ after, afterEach });
const asked = TWENTY.filter((id) => id !== 'stripe');
const banner = (page) => page.locator('#sekisho section');

test('names how many vendors ask, for which purposes, and links to the notice', async () => {
  for (const language of ['ja', 'en']) {
    const page = await visit({ language });
    const { purposes, messages } = sample({ language }).banner;
    const text = await banner(page).innerText();
    assert.match(text, /19/);
    for (const [id, label] of Object.entries(purposes)) assert.equal(text.includes(label), id !== 'necessary', label);
    assert.equal(await page.getByRole('region', { name: messages['banner.title'] }).count(), 1);
    assert.equal(await banner(page).locator('a').getAttribute('href'), 'https://consent.example.jp/sites/shop/notice');
    assert.equal(await page.locator('#sekisho').evaluate((e) => e.shadowRoot.mode), 'open');
    assert.deepEqual(await decisions(page), []);
    assert.deepEqual(page.faults, []);
  }
});

test('one vendor is one vendor, in languages that tell the difference', async () => {
  const page = await visit({ language: 'en', ids: ['criteo'] });
  assert.match(await banner(page).innerText(), /1 outside vendor\./);
});

/** All by which one button could be made to look lighter than the other. */
const look = (locator) =>
  locator.evaluate((element) => {
    const style = getComputedStyle(element);
    const { width, height } = element.getBoundingClientRect();
    const names = ['fontSize', 'fontWeight', 'fontFamily', 'fontStyle', 'lineHeight', 'letterSpacing', 'textTransform', 'textDecorationLine', 'color', 'backgroundColor', 'borderColor', 'borderWidth', 'borderStyle', 'borderRadius', 'boxShadow', 'opacity', 'filter', 'padding', 'cursor', 'visibility'];
    return { width: Math.round(width), height: Math.round(height), ...Object.fromEntries(names.map((name) => [name, style[name]])) };
  });
/** Layouts and accents that make it hard. */
const THEMES = [
  {},
  { theme: { layout: 'card', position: 'left' }, accent: '#ffd400' },
  { theme: { position: 'top' }, accent: '#000000' },
  { accent: '#ffffff' },
];

for (const [width, context] of [['desktop', DESKTOP], ['phone', PHONE], ['320 px', { viewport: { width: 320, height: 640 } }]])
  for (const language of ['ja', 'en'])
    test(`accept and reject are equal in size, weight and contrast: ${width}, ${language}`, async () => {
      for (const options of THEMES) {
        const page = await visit({ language, ...options }, context);
        for (const colorScheme of ['light', 'dark']) {
          await page.emulateMedia({ colorScheme });
          const accept = await look(action(page, 'accept-all'));
          const reject = await look(action(page, 'reject-all'));
          const told = JSON.stringify({ ...options, colorScheme });
          assert.deepEqual(reject, accept, told);
          assert.ok(accept.height >= 44, `a thumb needs 44 px, not ${accept.height}`);
          const measured = contrast(accept.color, accept.backgroundColor);
          assert.ok(measured >= 4.5, `${told}: contrast ${measured}`);
          const outline = contrast(accept.borderColor, await banner(page).evaluate((e) => getComputedStyle(e).backgroundColor));
          assert.ok(outline >= 3, `${told}: outline ${outline}`);
        }
      }
    });

test('the page cannot style one choice down: no button has a part name', async () => {
  const page = await visit();
  assert.equal(await page.locator('#sekisho button[part]').count(), 0);
});

for (const [name, granted] of [['accept-all', true], ['reject-all', false]])
  test(`${name} answers for exactly what was asked, on layer 1, and leaves a way back in`, async () => {
    const page = await visit();
    await action(page, name).click();
    assert.deepEqual(await decisions(page), [
      { action: name, choices: Object.fromEntries(asked.map((id) => [id, granted])), layer: 1 },
    ]);
    assert.equal(await banner(page).count(), 0);
    await action(page, 'reopen').waitFor();
    const box = await action(page, 'reopen').boundingBox();
    assert.ok(box.width >= 44 && box.width <= 48 && box.height >= 44 && box.height <= 48, JSON.stringify(box));
    assert.equal(await page.locator('#sekisho [role=status]').innerText(), '選択を保存しました');
    await action(page, 'reopen').click();
    await page.locator('#sekisho dialog').waitFor();
  });

test('Escape, scrolling, clicks and keys in the page decide nothing', async () => {
  const page = await visit();
  await action(page, 'accept-all').focus();
  await page.keyboard.press('Escape');
  await page.mouse.move(600, 300);
  await page.mouse.wheel(0, 2000);
  await page.mouse.click(600, 300);
  await page.keyboard.press('Enter');
  assert.equal(await banner(page).count(), 1);
  assert.deepEqual(await decisions(page), []);
});

test('a new vendor is asked about alone, by its name', async () => {
  for (const [language, title] of [['ja', '新しい送信先の確認'], ['en', 'New outside vendors']]) {
    const page = await visit({ language, granted: 'all', unasked: ['criteo', 'karte'], decided: true });
    const text = await banner(page).innerText();
    assert.ok(text.includes(title) && text.includes('Criteo') && text.includes('KARTE'), text);
    assert.ok(!text.includes('Taboola'), text);
    await action(page, 'reject-all').click();
    assert.deepEqual(await decisions(page), [{ action: 'reject-all', choices: { criteo: false, karte: false }, layer: 1 }]);
  }
});

test('a site where tags run until denied says so', async () => {
  const page = await visit({ mode: 1 });
  assert.match(await banner(page).innerText(), /利用しています.*拒否するとタグは止まります/);
  assert.equal(await action(page, 'reject-all').count(), 1);
});

test('a notice-only site informs; closing is no decision and holds until something is new', async () => {
  const page = await visit({ mode: 2 });
  assert.equal(await action(page, 'accept-all').count(), 0);
  assert.equal(await action(page, 'reject-all').count(), 0);
  assert.equal(await action(page, 'preferences').count(), 1);
  await action(page, 'close').click();
  assert.equal(await banner(page).count(), 0);
  assert.deepEqual(await decisions(page), []);
  await action(page, 'reopen').waitFor();

  const again = async (options) => {
    await page.goto(host.address({ mode: 2, ...options }));
    await page.waitForFunction(() => window.stub?.ui || false);
  };
  await again({});
  assert.equal(await banner(page).count(), 0);
  await action(page, 'reopen').waitFor();
  await again({ revision: 2, since: { criteo: 2 } });
  assert.match(await banner(page).innerText(), /タグを1件/);
});

test('a notice-only site with storage refused: closed for this page, and no error', async () => {
  const page = await visit({ mode: 2 }, {}, () => {
    Object.defineProperty(window, 'localStorage', {
      get() {
        throw new DOMException('refused', 'SecurityError');
      },
    });
  });
  await action(page, 'close').click();
  assert.equal(await banner(page).count(), 0);
  assert.deepEqual(page.faults, []);
});

test('says that the browser’s signal was honoured', async () => {
  const page = await visit({ signalled: true, denied: ['criteo', 'taboola'] });
  const text = await banner(page).innerText();
  assert.match(text, /GPC/);
  assert.match(text, /17/);
});

test('paused: nothing is shown, not even an element', async () => {
  const page = await visit({ paused: true });
  assert.equal(await page.locator('#sekisho').count(), 0);
  await page.evaluate(() => window.stub.host.preferences(null));
  assert.equal(await page.locator('#sekisho').count(), 0);
});

test('no way back of its own where the page has a link', async () => {
  const page = await visit({ link: true });
  await action(page, 'accept-all').click();
  await banner(page).waitFor({ state: 'detached' });
  assert.equal(await action(page, 'reopen').count(), 0);
  await page.locator('[data-sekisho="open"]').click();
  await page.locator('#sekisho dialog').waitFor();
});

test('a choice made elsewhere (another tab, the page’s own script) closes the banner', async () => {
  const page = await visit();
  await page.evaluate((ids) => window.stub.host.decide('accept-all', Object.fromEntries(ids.map((id) => [id, true])), 0), asked);
  assert.equal(await banner(page).count(), 0);
  await action(page, 'reopen').waitFor();
});

test('close() puts the banner away and decides nothing', async () => {
  const page = await visit();
  await page.evaluate(() => window.stub.ui.close());
  assert.equal(await banner(page).count(), 0);
  assert.deepEqual(await decisions(page), []);
});

test('tells the page when it is shown and when it is gone', async () => {
  const page = await visit({ ids: ['criteo'] });
  await action(page, 'accept-all').click();
  const events = (await page.evaluate(() => window.stub.events)).filter(([name]) => name === 'banner');
  assert.deepEqual(events, [
    ['banner', { shown: true, vendors: ['criteo'] }],
    ['banner', { shown: false, vendors: [] }],
  ]);
});

test('speaks the site’s own words as text, never as markup', async () => {
  const page = await visit({ texts: { 'banner.title': '<img src=x onerror="window.owned=1"><b>見出し</b>' } });
  assert.match(await banner(page).innerText(), /<img src=x/);
  assert.equal(await page.locator('#sekisho img, #sekisho b').count(), 0);
  assert.equal(await page.evaluate(() => window.owned), undefined);
});
