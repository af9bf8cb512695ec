// The first layer: what it says, that both choices weigh the same, and what is
// never taken for a choice.

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, afterEach } from 'node:test';
import { contrast } from './contrast.mjs';
import { action, decisions, DESKTOP, PHONE, setUp } from './host.mjs';
import { repository, sample, TWENTY } from './sample.mjs';

const { visit, host } = await setUp({ after, afterEach });
const asked = TWENTY.filter((id) => id !== 'stripe');
const banner = (page) => page.locator('#sekisho [part=banner]');
/** Of the site's theme: what its files are made for. */
const BAR = { layout: 'bar', position: 'bottom' };
const CARD = { layout: 'card', position: 'right' };
const DIALOG = { layout: 'dialog', position: 'center' };

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
  { theme: DIALOG, accent: 'paper' },
  { theme: { position: 'top' }, accent: '#000000' },
  { accent: '#ffffff' },
  { accent: 'night', theme: { layout: 'dialog', position: 'center' } },
  { accent: 'paper' },
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

const LANGUAGES = readdirSync(join(repository, 'widget/src/i18n')).filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -5));
const WIDTHS = { desktop: [1280, 800], wide: [2560, 1300], tablet: [820, 1180], phone: [390, 844], 'phone on its side': [844, 390], '320 px': [320, 640] };

/** What of the first layer sticks out, is cut or has to be scrolled to, and how the two answers differ. */
const misfits = (page) =>
  page.evaluate(() => {
    const root = document.querySelector('#sekisho').shadowRoot;
    const layer = root.querySelector('[part=banner]');
    const inside = (element, { left, top, right, bottom }) => {
      const box = element.getBoundingClientRect();
      return box.left >= left - 0.5 && box.right <= right + 0.5 && box.top >= top - 0.5 && box.bottom <= bottom + 0.5;
    };
    const wrong = [];
    if (!inside(layer, { left: 0, top: 0, right: document.documentElement.clientWidth, bottom: innerHeight })) wrong.push('the layer sticks out of the window');
    for (const element of layer.querySelectorAll('h2, p, a, button')) {
      if (!inside(element, layer.getBoundingClientRect())) wrong.push('out of sight: ' + element.textContent);
      if (element.matches('button') && (element.scrollWidth > element.clientWidth || element.scrollHeight > element.clientHeight)) wrong.push('cut: ' + element.textContent);
    }
    const [accept, reject] = ['accept-all', 'reject-all'].map((name) => root.querySelector(`[data-action=${name}]`).getBoundingClientRect());
    if (Math.abs(accept.width - reject.width) > 0.5 || Math.abs(accept.height - reject.height) > 0.5) wrong.push('the answers differ in size');
    if (accept.top > reject.top || (accept.top === reject.top && accept.left < reject.left) !== (getComputedStyle(layer).direction === 'ltr'))
      wrong.push('the answers are not in the order in which they are read');
    return wrong;
  });

const EVERY = [...LANGUAGES, 'ar'];
for (const [theme, languages] of [[BAR, EVERY], [{ ...BAR, position: 'top' }, ['de']], [CARD, EVERY], [{ ...CARD, position: 'left' }, ['de']], [DIALOG, EVERY]])
  test(`all is seen at once, nothing is cut, and the answers are equal: ${theme.layout}, ${theme.position}`, async () => {
    for (const language of languages) {
      const page = await visit({ language, theme });
      for (const [name, [width, height]] of Object.entries(WIDTHS)) {
        await page.setViewportSize({ width, height });
        assert.deepEqual(await misfits(page), [], `${language}, ${name}`);
      }
      await page.context().close();
    }
  });

for (const theme of [BAR, CARD, DIALOG])
  test(`zoomed in to 400 %, the layer leaves room to the page and can be scrolled to its end: ${theme.layout}`, async () => {
    const page = await visit({ theme, language: 'de' }, { viewport: { width: 320, height: 256 } });
    const { y, height } = await banner(page).boundingBox();
    assert.ok(y >= 48 && y + height <= 256.5, `${y} ${height}`);
    await action(page, 'preferences').scrollIntoViewIfNeeded();
    const box = await action(page, 'preferences').boundingBox();
    assert.ok(box.y >= y && box.y + box.height <= 256.5, JSON.stringify(box));
  });

for (const theme of [BAR, CARD, DIALOG])
  test(`printed, the page has neither layer nor way back: ${theme.layout}`, async () => {
    const page = await visit({ theme });
    await page.emulateMedia({ media: 'print' });
    assert.equal(await banner(page).isVisible(), false);
    await page.emulateMedia({ media: 'screen' });
    await action(page, 'reject-all').click();
    await action(page, 'reopen').waitFor();
    await page.emulateMedia({ media: 'print' });
    assert.equal(await action(page, 'reopen').isVisible(), false);
  });

for (const theme of [BAR, CARD, DIALOG])
  test(`comes and goes at once, whatever motion the visitor bears: ${theme.layout}`, async () => {
    for (const reducedMotion of ['reduce', 'no-preference']) {
      const page = await visit({ theme }, { reducedMotion });
      await action(page, 'accept-all').hover();
      const moving = await page.evaluate(() => document.querySelector('#sekisho').shadowRoot.getAnimations().length);
      assert.equal(moving, 0, reducedMotion);
    }
  });

for (const theme of [BAR, CARD, DIALOG])
  test(`forced colours: layer and buttons keep their borders: ${theme.layout}`, async () => {
    const page = await visit({ theme }, { forcedColors: 'active' });
    const borders = await page.locator('#sekisho [part=banner], #sekisho button').evaluateAll((all) =>
      all.map((element) => {
        const { borderTopWidth, borderTopStyle, borderTopColor, backgroundColor } = getComputedStyle(element);
        return [element.dataset.action || 'layer', borderTopStyle, parseFloat(borderTopWidth) >= 1, borderTopColor !== backgroundColor];
      }),
    );
    assert.deepEqual(borders, ['layer', 'accept-all', 'reject-all', 'preferences'].map((name) => [name, 'solid', true, true]));
  });

test('from right to left, all is mirrored: words, buttons, way back, message and switches', async () => {
  const page = await visit({ language: 'ar', ids: ['criteo', 'karte'] });
  const left = async (selector) => (await page.locator('#sekisho ' + selector).boundingBox()).x;
  const words = await left('.words');
  assert.ok(words > (await left('[data-action=accept-all]')));
  assert.ok((await left('[data-action=accept-all]')) > (await left('[data-action=reject-all]')));
  assert.ok((await left('[data-action=reject-all]')) > (await left('[data-action=preferences]')));
  await action(page, 'preferences').click();
  await page.locator('#sekisho dialog').waitFor();
  assert.ok((await left('[data-action=close]')) < (await left('h2')));
  const knob = () => page.locator('#sekisho [data-vendor=criteo]').evaluate((e) => parseFloat(getComputedStyle(e, '::after').left));
  const off = await knob();
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.locator('#sekisho [data-vendor=criteo]').click();
  assert.ok((await knob()) < off, 'a switch that is on has its knob at the end of the line, which is left');
  await action(page, 'save').click();
  const { x, width } = await action(page, 'reopen').boundingBox();
  assert.ok(Math.abs(1280 - x - width - 11.25) < 1, 'the way back is in the corner where lines begin');
  const message = await page.locator('#sekisho .said').boundingBox();
  assert.ok(Math.abs(x + width - message.x - message.width) < 1, 'and the message above it');
});

const inDialog = { theme: DIALOG, link: true };
const active = (page) => page.evaluate(() => (document.activeElement.shadowRoot?.activeElement || document.activeElement).id);

test('the centred layer is a modal dialog: named, described, with the focus on its heading and none in the page', async () => {
  const page = await visit(inDialog);
  const { messages } = sample({}).banner;
  await page.getByRole('dialog', { name: messages['banner.title'] }).waitFor();
  assert.match(await page.locator('#sekisho #words').innerText(), /19/);
  assert.equal(await banner(page).getAttribute('aria-describedby'), 'words');
  assert.equal(await banner(page).evaluate((e) => e.matches(':modal')), true);
  assert.equal(await active(page), 'title');
  for (let i = 0; i < 8; i++) {
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.matches('main *, nav *, footer *')), false);
  }
  assert.deepEqual(page.faults, []);
});

for (const [name, putAway] of [
  ['Escape', (page) => page.keyboard.press('Escape')],
  ['a press beside it', (page) => page.mouse.click(40, 700)],
])
  test(`${name} puts the dialog away, decides nothing and leaves the page and a way back`, async () => {
    const page = await visit(inDialog);
    await page.evaluate(() => document.querySelector('[data-sekisho]').removeAttribute('data-sekisho'));
    await putAway(page);
    await banner(page).waitFor({ state: 'detached' });
    assert.deepEqual(await decisions(page), []);
    await page.locator('nav a').first().click();
    await action(page, 'reopen').click();
    await page.locator('#sekisho [part=preferences]').waitFor();
    assert.deepEqual(await decisions(page), []);
  });

test('a dialog that informs is closed by Escape as by its button', async () => {
  const page = await visit({ theme: DIALOG, mode: 2 });
  await page.keyboard.press('Escape');
  await action(page, 'reopen').waitFor();
  assert.equal(await page.evaluate(() => localStorage['sekisho.seen']), '1');
  assert.deepEqual(await decisions(page), []);
});

test('from the dialog to the preferences and back; an answer gives the page its focus back', async () => {
  const page = await visit(inDialog, {}, () => {
    document.addEventListener('DOMContentLoaded', () => document.querySelector('#last').focus());
  });
  await action(page, 'reject-all').click();
  assert.deepEqual((await decisions(page)).map(({ action: name, layer }) => [name, layer]), [['reject-all', 1]]);
  assert.equal(await active(page), 'last');

  const other = await visit({ theme: DIALOG });
  await action(other, 'preferences').click();
  await other.locator('#sekisho [part=preferences]').waitFor();
  assert.equal(await banner(other).count(), 0);
  await other.keyboard.press('Escape');
  await banner(other).waitFor();
  assert.equal(await other.evaluate(() => document.activeElement.shadowRoot.activeElement.dataset.action), 'preferences');
  assert.deepEqual(await decisions(other), []);
  await action(other, 'accept-all').click();
  await action(other, 'reopen').waitFor();
  assert.equal(await other.evaluate(() => document.activeElement.shadowRoot.activeElement.dataset.action), 'reopen');
});

for (const theme of [BAR, { ...BAR, position: 'top' }, CARD, DIALOG])
  test(`nothing in the page moves when the layer comes and goes: ${theme.layout}, ${theme.position}`, async () => {
    const page = await visit({ theme }, PHONE, () => {
      window.seen = [];
      window.shifts = new PerformanceObserver((list) => window.seen.push(...list.getEntries().map(({ value }) => value)));
      window.shifts.observe({ type: 'layout-shift' });
    });
    const before = await page.locator('h1').boundingBox();
    await action(page, 'reject-all').tap();
    await action(page, 'reopen').waitFor();
    assert.deepEqual(await page.locator('h1').boundingBox(), before);
    // Told of with the frame after.
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    assert.deepEqual(await page.evaluate(() => window.seen.concat(window.shifts.takeRecords().map(({ value }) => value))), []);
  });
