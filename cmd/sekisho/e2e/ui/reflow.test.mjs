// Any window, any size of text, any pointer: nothing is cut off, nothing needs scrolling two ways, and everything can be hit.

import assert from 'node:assert/strict';
import test, { after, afterEach } from 'node:test';
import { action, decisions, PHONE, setUp, unfold } from './host.mjs';

const { visit } = await setUp({ after, afterEach });
const preferences = (page) => page.locator('#sekisho [part=preferences]');
const open = async (page) => {
  await action(page, 'preferences').or(action(page, 'reopen')).click();
  await preferences(page).waitFor();
  await page.mouse.move(0, 0);
};
const LAYOUTS = {
  bar: {},
  'bar at the top': { theme: { position: 'top' } },
  card: { theme: { layout: 'card', position: 'left' } },
  dialog: { theme: { layout: 'dialog', position: 'center' } },
};
const MUCH = { decided: true, granted: ['criteo'], denied: ['karte'], signalled: true };

/** Texts and controls that stick out of the window to the side, are cut off, or scroll both ways. */
const overflowing = (page) =>
  page.evaluate(() => {
    const found = [];
    for (const e of document.querySelector('#sekisho').shadowRoot.querySelectorAll('*')) {
      // The way back shows its icon alone until it has the pointer or the focus.
      if (!e.checkVisibility() || e.closest('.back, .said, .hidden, svg')) continue;
      const { left, right, width, height } = e.getBoundingClientRect();
      const { overflowX, overflowY, display } = getComputedStyle(e);
      const told = (fault) => found.push(`${e.tagName}.${e.className} ${e.textContent.slice(0, 20)}: ${fault}`);
      if (width && height && (left < -1 || right > innerWidth + 1)) told(`out of the window, ${left} to ${right}`);
      if ((overflowX !== 'visible' || e.matches('button, h2, h3, p, dd, summary')) && display !== 'inline' && e.scrollWidth > e.clientWidth + 1) told('wider than its box');
      if (overflowY === 'hidden' && e.scrollHeight > e.clientHeight + 1 && overflowX === 'hidden' && !e.matches('dialog')) told('cut off below');
      if (e.matches('button') && e.scrollHeight > e.clientHeight + 1) told('cut off');
    }
    return found;
  });

/** Elements that cannot be scrolled into the window, where they would get a click. */
const unreachable = (page) =>
  page.evaluate(async () => {
    const root = document.querySelector('#sekisho').shadowRoot;
    const found = [];
    for (const e of root.querySelectorAll('button, a[href], input, summary')) {
      if (!e.checkVisibility()) continue;
      e.scrollIntoView({ block: 'nearest' });
      const [box] = e.getClientRects();
      const hit = root.elementFromPoint(box.left + Math.min(box.width / 2, 20), box.top + box.height / 2);
      if (hit !== e && !e.contains(hit)) found.push(`${e.dataset.action || e.dataset.vendor || e.tagName} ${e.textContent.slice(0, 20)}, under ${hit?.tagName}`);
    }
    return found;
  });

const WINDOWS = {
  '320 px wide': { width: 320, height: 640 },
  'at 400 %': { width: 320, height: 256 },
  'a phone upright': { width: 390, height: 844 },
  'a phone on its side': { width: 844, height: 390 },
  'a desk': { width: 1280, height: 800 },
};

/** Fails where something does not fit, or cannot be hit. */
const fits = async (page, told) => assert.deepEqual([await overflowing(page), await unreachable(page)], [[], []], told);

/** The reader's own spacing: 1.5 lines, and the rest by WCAG 2.2, 1.4.12. Returns what takes it back. */
async function space(page) {
  const sheet = await page.evaluateHandle(() => {
    const made = new CSSStyleSheet();
    made.replaceSync('*{line-height:1.5!important;letter-spacing:.12em!important;word-spacing:.16em!important}p{margin-bottom:2em!important}');
    const { shadowRoot } = document.querySelector('#sekisho');
    shadowRoot.adoptedStyleSheets = [...shadowRoot.adoptedStyleSheets, made];
    return made;
  });
  return () => sheet.evaluate((made) => made.replaceSync(''));
}

/** Through all windows; then with the reader's own spacing; then with text of twice the size, by the browser's own setting. */
async function bears(page, told) {
  for (const [name, size] of Object.entries(WINDOWS)) {
    await page.setViewportSize(size);
    await fits(page, `${told}, ${name}`);
  }
  await page.setViewportSize(WINDOWS['a phone upright']);
  const back = await space(page);
  await fits(page, `${told}, spaced (1.4.12)`);
  await back();
  const size = () => page.locator('#sekisho p').first().evaluate((e) => parseFloat(getComputedStyle(e).fontSize));
  const before = await size();
  const client = await page.context().newCDPSession(page);
  const standard = (standard) => client.send('Page.setFontSizes', { fontSizes: { standard, fixed: standard } });
  await standard(32);
  assert.equal(await size(), before * 2);
  for (const name of ['a phone upright', 'a desk']) {
    await page.setViewportSize(WINDOWS[name]);
    await fits(page, `${told}, ${name}, text at 200 % (1.4.4)`);
  }
  await standard(16);
}

for (const [layout, options] of Object.entries(LAYOUTS))
  test(`in any window, on either side, with the reader’s own spacing and size of text: ${layout}`, async () => {
    for (const language of ['ja', 'de']) {
      const page = await visit({ language, ...MUCH, ...options }, PHONE);
      await bears(page, language);
      await page.setViewportSize(WINDOWS['at 400 %']);
      await action(page, 'reject-all').click();
      assert.equal((await decisions(page)).length, 1);
    }
  });

test('in any window, on either side, with the reader’s own spacing and size of text: preferences', async () => {
  for (const language of ['ja', 'de']) {
    const page = await visit({ language, ...MUCH }, PHONE);
    await open(page);
    await unfold(page);
    await bears(page, language);
    await page.setViewportSize(WINDOWS['at 400 %']);
    await page.locator('#sekisho [data-vendor="karte"]').click();
    await action(page, 'save').click();
    assert.equal((await decisions(page)).length, 1);
  }
});

/** Targets smaller than `least` either way. Links within a sentence are as tall as its lines (2.5.8, "inline"). */
const small = (page, least) =>
  page.locator('#sekisho :is(button, input, summary, a[href])').evaluateAll(
    (all, least) =>
      all
        .filter((e) => e.checkVisibility() && e.getClientRects().length && !e.closest('.words p'))
        .map((e) => [e.dataset.action || e.dataset.vendor || e.dataset.purpose || e.tagName, e.getBoundingClientRect(), e.matches('a')])
        .filter(([, { width, height }, text]) => height < least - 0.5 || (!text && width < least - 0.5))
        .map(([name, { width, height }]) => `${name} ${width}×${height}`),
    least,
  );

for (const [pointer, least, context] of [['mouse', 24, {}], ['finger', 44, PHONE]])
  test(`targets are at least ${least} px for a ${pointer} (2.5.8)`, async () => {
    for (const options of [...Object.values(LAYOUTS), { mode: 2 }, { granted: 'all', decided: true }]) {
      const page = await visit(options, context);
      assert.deepEqual(await small(page, least), [], JSON.stringify(options));
    }
    for (const language of ['ja', 'en']) {
      const page = await visit({ language, ...MUCH }, context);
      await open(page);
      await unfold(page);
      await page.locator('#sekisho li').evaluateAll((all) => all.forEach((row) => (row.style.contentVisibility = 'visible')));
      assert.deepEqual(await small(page, least), [], language);
    }
  });

test('forced colours: a switch still shows whether it is on, a button its edge, and what has the focus its ring', async () => {
  const page = await visit({ granted: ['criteo'], denied: ['karte'], decided: true }, { forcedColors: 'active' });
  await action(page, 'reject-all').focus();
  await page.keyboard.press('Shift+Tab');
  const { edge, ring, ground } = await action(page, 'accept-all').evaluate((e) => {
    const { borderTopColor, outlineColor, outlineStyle } = getComputedStyle(e);
    return { edge: borderTopColor, ring: outlineStyle !== 'none' && outlineColor, ground: getComputedStyle(e.closest('section')).backgroundColor };
  });
  assert.notEqual(edge, ground);
  assert.ok(ring && ring !== ground);
  await open(page);
  const knob = (id) =>
    page.locator(`#sekisho [data-vendor="${id}"]`).evaluate((e) => {
      const [track, dot] = [getComputedStyle(e, '::before'), getComputedStyle(e, '::after')];
      return { left: dot.left, dot: dot.backgroundColor, track: track.backgroundColor, border: track.borderTopColor, ground: getComputedStyle(e.closest('dialog')).backgroundColor };
    });
  const [on, off] = [await knob('criteo'), await knob('karte')];
  assert.notEqual(on.left, off.left);
  assert.notEqual(on.dot, on.track);
  assert.notEqual(off.border, off.ground);
  assert.notEqual(off.dot, off.ground);
});

test('reduced motion: nothing moves by itself', async () => {
  for (const options of Object.values(LAYOUTS)) {
    const page = await visit(options, { reducedMotion: 'reduce' });
    const moving = () => page.evaluate(() => document.getAnimations().length + document.querySelector('#sekisho').shadowRoot.getAnimations().length);
    assert.equal(await moving(), 0);
    await open(page);
    await page.locator('#sekisho [data-purpose="analytics"]').click();
    assert.equal(await moving(), 0);
    await action(page, 'save').click();
    assert.equal(await moving(), 0);
  }
});
