// WCAG 2.2 AA: by axe-core in every state, and by walks that axe cannot take.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, afterEach } from 'node:test';
import { colours, contrast } from './contrast.mjs';
import { action, decisions, DESKTOP, PHONE, setUp, unfold } from './host.mjs';
import { repository } from './sample.mjs';

const { visit } = await setUp({ after, afterEach });
const axe = readFileSync(join(repository, 'node_modules/axe-core/axe.min.js'), 'utf8');
const dialog = (page) => page.locator('#sekisho dialog');

const openPreferences = async (page) => {
  await action(page, 'preferences').or(action(page, 'reopen')).click();
  await dialog(page).waitFor();
  // Nothing hovered: a ring around it is no part of the state.
  await page.mouse.move(0, 0);
};

/** Every state that the interface can be in: options of the page, and how to get there. */
const STATES = {
  banner: [{}],
  'card with a pale accent': [{ theme: { layout: 'card', position: 'right' }, accent: '#ffd400' }],
  'banner for new vendors': [{ granted: 'all', unasked: ['criteo', 'karte'], decided: true }],
  'banner that informs': [{ mode: 2 }],
  'banner with a signal': [{ signalled: true, denied: ['criteo'] }],
  'way back': [{ granted: 'all', decided: true }],
  'choice saved': [{}, (page) => action(page, 'accept-all').click()],
  preferences: [{}, openPreferences],
  'preferences, all facts unfolded': [
    { granted: ['criteo', 'google-analytics-4'], denied: ['karte'], decided: true, signalled: true, facts: { criteo: { unverified: '016' } } },
    async (page) => {
      await openPreferences(page);
      await unfold(page);
    },
  ],
  'preferences, searched': [{}, async (page) => {
    await openPreferences(page);
    await page.getByRole('searchbox').fill('google');
  }],
};

for (const [state, [options, prepare]] of Object.entries(STATES))
  test(`axe finds nothing: ${state}`, async () => {
    // Every language, scheme and width twice, without every one of their combinations.
    for (const [language, colorScheme, context] of [['ja', 'light', DESKTOP], ['ja', 'dark', PHONE], ['en', 'light', PHONE], ['en', 'dark', DESKTOP]]) {
      const page = await visit({ language, ...options }, { ...context, colorScheme });
      if (prepare) await prepare(page);
      await page.evaluate(axe);
      const { violations, passes } = await page.evaluate(() =>
        window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }),
      );
      const told = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.target.flat().join(' ')} ${node.failureSummary}`).join('; ')}`);
      assert.deepEqual(told, [], `${language}, ${colorScheme}, ${context.viewport.width}`);
      assert.ok(passes.some(({ nodes }) => nodes.some((node) => node.target.flat().includes('#sekisho'))), 'axe looked inside');
    }
  });

for (const [state, [options, prepare]] of Object.entries(STATES))
  test(`contrast is 4.5 for every text, 3 for every control: ${state}`, async () => {
    const page = await visit(options);
    if (prepare) await prepare(page);
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      const found = await colours(page);
      assert.ok(found.length > 0);
      for (const { told, least, a, b } of found) assert.ok(contrast(a, b) >= least, `${colorScheme}: ${told}: ${contrast(a, b).toFixed(2)} (${a} on ${b})`);
    }
  });

/** What has the focus, looking into the shadow root: data-action and the like, or the tag's name. */
const focused = (page) =>
  page.evaluate(() => {
    const outer = document.activeElement;
    const element = outer?.shadowRoot?.activeElement || outer;
    const { action: name, vendor, purpose } = element.dataset;
    return name || vendor || purpose || element.id || element.tagName.toLowerCase();
  });
const press = async (page, key, times = 1) => {
  const seen = [];
  for (let i = 0; i < times; i++) {
    await page.keyboard.press(key);
    seen.push(await focused(page));
  }
  return seen;
};

test('Tab comes to the banner first, through it in order, and on into the page', async () => {
  const page = await visit();
  assert.deepEqual(await press(page, 'Tab', 5), ['a', 'accept-all', 'reject-all', 'preferences', 'a']);
  assert.equal(await page.evaluate(() => !!document.activeElement.closest('nav')), true);
  assert.deepEqual(await press(page, 'Shift+Tab', 2), ['preferences', 'reject-all']);
  await page.keyboard.press('Enter');
  assert.equal((await decisions(page))[0].action, 'reject-all');
  assert.equal(await focused(page), 'reopen');
});

test('Tab walks the preferences in the order in which they are read and never leaves them', async () => {
  const page = await visit({ ids: ['google-analytics-4', 'criteo'] });
  await action(page, 'preferences').focus();
  await page.keyboard.press('Enter');
  await dialog(page).waitFor();
  assert.equal(await focused(page), 'preferences');
  assert.deepEqual(await press(page, 'Tab', 12), [
    'close', 'analytics', 'summary', 'google-analytics-4', 'advertising', 'summary', 'criteo', 'a', 'a', 'record', 'accept-all', 'reject-all',
  ]);
  assert.deepEqual(await press(page, 'Tab', 1), ['save']);
  for (let i = 0; i < 3; i++) {
    const [next] = await press(page, 'Tab');
    // From the last stop browsers go by their own bar (the body, here) back to the first.
    assert.ok(['body', 'close', 'analytics', 'div', 'dialog'].includes(next), next);
  }
  await page.locator('#sekisho [data-purpose="analytics"]').focus();
  await page.keyboard.press('Space');
  assert.equal(await page.locator('#sekisho [data-vendor="google-analytics-4"]').getAttribute('aria-checked'), 'true');
  await page.locator('#sekisho summary').first().focus();
  await page.keyboard.press('Enter');
  assert.equal(await page.locator('#sekisho details').first().evaluate((e) => e.open), true);
});

test('what has the focus can be seen: every stop shows an outline', async () => {
  const page = await visit({ ids: ['google-analytics-4', 'criteo'] });
  const outline = () =>
    page.evaluate(() => {
      const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement.shadowRoot.activeElement);
      return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
    });
  for (let i = 0; i < 4; i++) {
    await page.keyboard.press('Tab');
    assert.equal(await outline(), true, await focused(page));
  }
  await page.keyboard.press('Enter');
  await dialog(page).waitFor();
  for (let i = 0; i < 12; i++) {
    await page.keyboard.press('Tab');
    assert.equal(await outline(), true, await focused(page));
  }
});

for (const [where, theme] of [['at the bottom', {}], ['at the top', { position: 'top' }]])
  for (const [length, short] of [['long', false], ['short', true]])
    test(`the focus never lies under the banner (2.4.11): ${where} of a ${length} page`, async () => {
      const page = await visit({ theme, short }, { viewport: { width: 800, height: 420 } });
      const stops = short ? 6 : 16;
      for (const key of ['Tab', 'Shift+Tab'])
        for (let i = 0; i < stops + 4; i++) {
          await page.keyboard.press(key);
          const covered = await page.evaluate(() => {
            const element = document.activeElement;
            if (element === document.body || element.shadowRoot) return null;
            const box = element.getBoundingClientRect();
            const over = document.querySelector('#sekisho').shadowRoot.querySelector('section').getBoundingClientRect();
            return box.top < over.bottom && box.bottom > over.top ? `${element.outerHTML} ${box.top} ${over.top}` : null;
          });
          assert.equal(covered, null);
        }
    });

test('targets are at least 24 px, and 44 px tall where a thumb has to choose', async () => {
  const page = await visit({ granted: ['criteo'], decided: true }, PHONE);
  const small = () =>
    page.locator('#sekisho button, #sekisho input, #sekisho summary').evaluateAll((all) =>
      all
        .filter((e) => e.checkVisibility({ contentVisibilityAuto: true }))
        .map((e) => [e.dataset.action || e.dataset.vendor || e.tagName, e.getBoundingClientRect()])
        .filter(([name, { width, height }]) => Math.min(width, height) < (name === 'withdraw' ? 24 : 44))
        .map(([name, { width, height }]) => `${name} ${width}×${height}`),
    );
  assert.deepEqual(await small(), []);
  await openPreferences(page);
  assert.deepEqual(await small(), []);
});

/** Texts or controls that stick out of the window to the side, or are cut off. */
const overflowing = (page) =>
  page.evaluate(() => {
    const root = document.querySelector('#sekisho').shadowRoot;
    return [...root.querySelectorAll('section, dialog, .body, h2, h3, p, button, dd, summary, li')]
      .filter((e) => {
        const box = e.getBoundingClientRect();
        const cut = e.matches('.body, dialog, button') && e.scrollWidth > e.clientWidth + 1 && !e.matches('.back');
        return e.checkVisibility() && (cut || box.left < -1 || box.right > innerWidth + 1);
      })
      .map((e) => `${e.tagName}.${e.className} ${e.textContent.slice(0, 20)}`);
  });

for (const [name, viewport] of [['320 px wide', { width: 320, height: 640 }], ['at 400 %', { width: 320, height: 256 }]])
  test(`reflows ${name}: nothing sticks out, every choice can be reached`, async () => {
    for (const language of ['ja', 'en']) {
      const page = await visit({ language, decided: true, granted: ['criteo'] }, { viewport });
      assert.deepEqual(await overflowing(page), []);
      await action(page, 'preferences').click();
      await dialog(page).waitFor();
      await unfold(page);
      assert.deepEqual(await overflowing(page), []);
      await page.locator('#sekisho [data-vendor="karte"]').click();
      await action(page, 'save').click();
      assert.equal((await decisions(page)).length, 1);
    }
  });

test('bears the reader’s own text spacing (1.4.12)', async () => {
  const page = await visit({ language: 'en' }, PHONE);
  const spaced = () =>
    page.evaluate(() => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync('*{line-height:1.5!important;letter-spacing:.12em!important;word-spacing:.16em!important}p{margin-bottom:2em!important}');
      const { shadowRoot } = document.querySelector('#sekisho');
      shadowRoot.adoptedStyleSheets = [...shadowRoot.adoptedStyleSheets, sheet];
    });
  await spaced();
  assert.deepEqual(await overflowing(page), []);
  await openPreferences(page);
  await spaced();
  assert.deepEqual(await overflowing(page), []);
});

test('forced colours: a switch still shows whether it is on', async () => {
  const page = await visit({ granted: ['criteo'], denied: ['karte'], decided: true }, { forcedColors: 'active' });
  await openPreferences(page);
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
  const page = await visit({}, { reducedMotion: 'reduce' });
  await openPreferences(page);
  await page.locator('#sekisho [data-purpose="analytics"]').click();
  assert.equal(await page.evaluate(() => document.getAnimations().length + document.querySelector('#sekisho').shadowRoot.getAnimations().length), 0);
});

test('screen readers get names, states and languages', async () => {
  const page = await visit({ language: 'en', ids: ['google-analytics-4', 'criteo'] });
  assert.equal(await page.locator('#sekisho [lang]').getAttribute('lang'), 'en');
  await openPreferences(page);
  await page.getByRole('dialog', { name: 'Privacy preferences' }).waitFor();
  await page.getByRole('switch', { name: 'Criteo', checked: false }).waitFor();
  await page.getByRole('button', { name: 'Close' }).waitFor();
  await action(page, 'close').click();
  // It leaves with its own event, after the click, and has a region of its own for the search.
  await dialog(page).waitFor({ state: 'detached' });
  assert.equal(await page.locator('#sekisho [role=status]').count(), 1, 'the region that speaks is there before it has to');
});
