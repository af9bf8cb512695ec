// Walks with the keyboard alone: where Tab goes and comes back from, that the focus is seen and never covered, what Escape
// puts away, where the focus is afterwards, and what is spoken.

import assert from 'node:assert/strict';
import test, { after, afterEach } from 'node:test';
import { action, decisions, PHONE, setUp, unfold } from './host.mjs';
import { focused, focusFault, press } from './keys.mjs';
import { messages } from './sample.mjs';

const { visit } = await setUp({ after, afterEach });
const preferences = (page) => page.locator('#sekisho [part=preferences]');
const gone = (page) => preferences(page).waitFor({ state: 'detached' });
const FEW = { ids: ['google-analytics-4', 'microsoft-clarity', 'criteo'] };
const MIDDLE = { layout: 'dialog', position: 'center' };
const LAYOUTS = {
  'bar at the bottom': {},
  'bar at the top': { position: 'top' },
  'card on the right': { layout: 'card', position: 'right' },
  'card on the left': { layout: 'card', position: 'left' },
};

/** Whether what has the focus stands in the page, and not in #sekisho. */
const inPage = (page) => page.evaluate(() => document.activeElement.closest('nav, main, footer') !== null);

for (const [name, theme] of Object.entries(LAYOUTS))
  test(`${name}: Tab comes to it first, goes through it in order and on into the page; Shift+Tab the same way back`, async () => {
    const page = await visit({ theme });
    assert.deepEqual(await press(page, 'Tab', 4), ['a', 'accept-all', 'reject-all', 'preferences']);
    assert.deepEqual(await press(page, 'Tab'), ['a']);
    assert.equal(await inPage(page), true);
    assert.deepEqual(await press(page, 'Shift+Tab', 4), ['preferences', 'reject-all', 'accept-all', 'a']);
    assert.equal(await inPage(page), false);
    await press(page, 'Tab', 2);
    await page.keyboard.press('Enter');
    assert.equal((await decisions(page))[0].action, 'reject-all');
    assert.equal(await focused(page), 'reopen', 'the focus is where the choice can be changed');
  });

test('dialog in the middle: its heading has the focus; Tab stays in it, both ways', async () => {
  const page = await visit({ theme: MIDDLE });
  assert.equal(await focused(page), 'title');
  const around = ['a', 'accept-all', 'reject-all', 'preferences'];
  assert.deepEqual(await press(page, 'Tab', 4), around);
  for (const stop of await press(page, 'Tab', 6)) assert.ok([...around, 'body'].includes(stop), stop);
  assert.equal(await inPage(page), false);
  await action(page, 'accept-all').focus();
  assert.deepEqual(await press(page, 'Shift+Tab'), ['a']);
  for (const stop of await press(page, 'Shift+Tab', 6)) assert.ok([...around, 'body', 'title'].includes(stop), stop);
  assert.equal(await inPage(page), false);
  await page.evaluate(() => document.querySelector('main a').focus());
  assert.equal(await inPage(page), false, 'the page behind is inert');
});

test('Tab walks the preferences in the order in which they are read and never leaves them', async () => {
  const page = await visit(FEW);
  await action(page, 'preferences').focus();
  await page.keyboard.press('Enter');
  await preferences(page).waitFor();
  assert.equal(await focused(page), 'preferences', 'the heading, so that no choice is one stray key away');
  const stops = ['close', 'analytics', 'summary', 'google-analytics-4', 'summary', 'microsoft-clarity', 'advertising', 'summary', 'criteo', 'a', 'a', 'record', 'accept-all', 'reject-all', 'save'];
  assert.deepEqual(await press(page, 'Tab', stops.length), stops);
  // From the last stop browsers go by their own bar (the body, here) back to the first.
  for (const stop of await press(page, 'Tab', 3)) assert.ok(['body', 'close', 'analytics', 'dialog', 'preferences'].includes(stop), stop);
  await action(page, 'save').focus();
  assert.deepEqual(await press(page, 'Shift+Tab', stops.length - 1), stops.slice(0, -1).reverse());
  for (const stop of await press(page, 'Shift+Tab', 3)) assert.ok(['body', 'save', 'reject-all', 'accept-all', 'dialog', 'preferences'].includes(stop), stop);
  assert.equal(await inPage(page), false);
});

test('a switch is turned by Space and by Enter, and by nothing else', async () => {
  const page = await visit(FEW);
  await action(page, 'preferences').click();
  const state = () => page.locator('#sekisho [data-vendor="criteo"]').getAttribute('aria-checked');
  await page.locator('#sekisho [data-vendor="criteo"]').focus();
  for (const [key, after] of [['Space', 'true'], ['Enter', 'false'], ['ArrowRight', 'false'], ['ArrowDown', 'false'], ['ArrowLeft', 'false'], ['a', 'false'], ['Space', 'true'], ['ArrowUp', 'true'], ['Tab', 'true']]) {
    await page.keyboard.press(key);
    assert.equal(await state(), after, key);
  }
  await page.locator('#sekisho [data-purpose="analytics"]').focus();
  await page.keyboard.press('Space');
  assert.equal(await page.locator('#sekisho [data-vendor="google-analytics-4"]').getAttribute('aria-checked'), 'true');
  const details = page.locator('#sekisho details').first();
  await details.locator('summary').focus();
  for (const [key, open] of [['Enter', true], ['Space', false]]) {
    await page.keyboard.press(key);
    assert.equal(await details.evaluate((e) => e.open), open, key);
  }
  assert.deepEqual(await decisions(page), []);
});

/** The first fault in how the focus shows over `times` presses of a key, and how many stops there were in #sekisho. */
const walk = async (page, key, times) => {
  let stops = 0;
  for (let i = 0; i < times; i++) {
    await page.keyboard.press(key);
    stops += await page.evaluate(() => +!!document.activeElement.shadowRoot);
    assert.equal(await focusFault(page), '', `${key}, ${i + 1}`);
  }
  return stops;
};
const SCREENS = [['desktop', {}], ['phone', PHONE], ['at 400 %', { viewport: { width: 320, height: 256 } }]];

for (const [name, theme] of [...Object.entries(LAYOUTS), ['dialog in the middle', MIDDLE]])
  test(`the focus shows at every stop, whole and with contrast: ${name}`, async () => {
    for (const [, context] of SCREENS) {
      const page = await visit({ theme, signalled: true, denied: ['karte'] }, context);
      for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme });
        assert.ok((await walk(page, 'Tab', 4)) >= 3);
        await walk(page, 'Shift+Tab', 4);
      }
    }
  });

test('the focus shows on the way back in, on a page of any colour', async () => {
  const page = await visit({ granted: 'all', decided: true });
  await action(page, 'reopen').focus();
  assert.equal(await focusFault(page), '');
});

for (const [name, context] of SCREENS)
  test(`the focus shows at every stop, whole and with contrast: preferences, ${name}`, async () => {
    const page = await visit({ ids: ['google-analytics-4', 'criteo', 'karte', 'stripe'], decided: true, granted: ['criteo'] }, context);
    await action(page, 'preferences').focus();
    await page.keyboard.press('Enter');
    await preferences(page).waitFor();
    await unfold(page);
    assert.ok((await walk(page, 'Tab', 26)) > 20);
    await walk(page, 'Shift+Tab', 26);
  });

/** Links of the page that the banner covers while they have the focus, over presses of Tab there and back. */
async function covered(page, stops) {
  const found = [];
  for (const key of ['Tab', 'Shift+Tab'])
    for (let i = 0; i < stops; i++) {
      await page.keyboard.press(key);
      const told = await page.evaluate(() => {
        const element = document.activeElement;
        if (element === document.body || element.shadowRoot || element.closest('[data-sticky]')) return null;
        const box = element.getBoundingClientRect();
        const over = document.querySelector('#sekisho').shadowRoot.querySelector('[part=banner]').getBoundingClientRect();
        const meets = box.top < over.bottom && box.bottom > over.top && box.left < over.right && box.right > over.left;
        const seen = box.bottom > 0 && box.top < innerHeight;
        return meets || !seen ? `${element.outerHTML} ${box.top} ${over.top}–${over.bottom}` : null;
      });
      if (told) found.push(`${key} ${i + 1}: ${told}`);
    }
  return found;
}

for (const [name, theme] of Object.entries(LAYOUTS))
  for (const [length, short] of [['long', false], ['short', true]])
    test(`the focus never lies under it (2.4.11): ${name}, ${length} page`, async () => {
      const page = await visit({ theme, short }, { viewport: { width: 800, height: 420 } });
      assert.deepEqual(await covered(page, short ? 10 : 20), []);
    });

for (const position of ['bottom', 'top'])
  test(`the focus never lies under a bar at the ${position} of a page with its own sticky header and its own room for that`, async () => {
    const page = await visit({ theme: { position } }, { viewport: { width: 800, height: 420 } });
    await page.addStyleTag({ content: ':root{scroll-padding:70px 0 0}header{position:sticky;top:0;background:Canvas}' });
    await page.evaluate(() => document.querySelector('header').setAttribute('data-sticky', ''));
    assert.deepEqual(await covered(page, 20), []);
    // What the page asked for is back when the banner has gone.
    await action(page, 'accept-all').click();
    await action(page, 'reopen').waitFor();
    await page.waitForFunction(() => getComputedStyle(document.documentElement).scrollPadding === '70px 0px 0px');
  });

test('Escape: nothing on a bar, which asks on; each layer above it goes by itself', async () => {
  const page = await visit({ ...FEW, link: true });
  await action(page, 'preferences').focus();
  await page.keyboard.press('Escape');
  assert.equal(await focused(page), 'preferences');
  assert.equal(await page.locator('#sekisho [part=banner]').count(), 1);
  await page.keyboard.press('Enter');
  await preferences(page).waitFor();
  await page.locator('#sekisho [data-vendor="criteo"]').focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('Escape');
  await gone(page);
  assert.equal(await page.locator('#sekisho [part=banner]').count(), 1);
  assert.deepEqual(await decisions(page), []);
});

test('the focus goes back where it came from: first layer, way back in, and the page’s own link', async () => {
  for (const [options, from] of [
    [{}, (page) => action(page, 'preferences')],
    [{ granted: 'all', decided: true }, (page) => action(page, 'reopen')],
    [{ granted: 'all', decided: true, link: true }, (page) => page.locator('[data-sekisho=open]')],
    [{ link: true }, (page) => page.locator('[data-sekisho=open]')],
  ]) {
    const page = await visit({ ...FEW, ...options });
    for (const leave of [() => page.keyboard.press('Escape'), async () => { await press(page, 'Tab'); await page.keyboard.press('Enter'); }]) {
      await from(page).focus();
      await page.keyboard.press('Enter');
      await preferences(page).waitFor();
      await leave();
      await gone(page);
      assert.equal(await from(page).evaluate((e) => e === (e.getRootNode().activeElement)), true, JSON.stringify(options));
    }
  }
});

test('after a choice the focus is on the way back in; where the page has its own link, Tab goes on at the page’s beginning', async () => {
  for (const layer of [1, 2])
    for (const link of [false, true]) {
      const page = await visit({ ...FEW, link });
      if (layer === 2) {
        await action(page, 'preferences').focus();
        await page.keyboard.press('Enter');
        await preferences(page).waitFor();
      }
      await action(page, 'reject-all').focus();
      await page.keyboard.press('Enter');
      await gone(page);
      assert.equal((await decisions(page)).length, 1);
      if (link) {
        assert.deepEqual(await press(page, 'Tab'), ['a']);
        assert.equal(await page.evaluate(() => document.activeElement === document.querySelector('nav a')), true);
      } else assert.equal(await focused(page), 'reopen');
    }
});

/** What the live regions of the interface have said since they were listened to, in order, without what they fell silent with. */
const listen = (page) =>
  page.evaluate(() => {
    window.spoken = [];
    new MutationObserver((changes) => {
      for (const region of new Set(changes.map(({ target }) => (target.nodeType === Node.TEXT_NODE ? target.parentElement : target)?.closest('[role=status]'))))
        if (region?.textContent) window.spoken.push(region.textContent);
    }).observe(document.querySelector('#sekisho').shadowRoot, { subtree: true, childList: true, characterData: true });
  });

test('what happened is spoken where it happened (4.1.3), by regions that were there before: saved, found, not to be had', async () => {
  for (const language of ['ja', 'en']) {
    const { 'common.saved': saved, 'preferences.none': none, 'preferences.away': away } = messages(language, 'common', 'preferences');
    const page = await visit({ language });
    await listen(page);
    await action(page, 'preferences').click();
    await preferences(page).waitFor();
    await page.getByRole('searchbox').focus();
    await page.keyboard.type('@@');
    await action(page, 'record').focus();
    await page.keyboard.press('Enter');
    await page.waitForFunction((away) => window.spoken.includes(away), away);
    assert.equal(await focused(page), 'record', 'a message takes no focus');
    await action(page, 'save').focus();
    await page.keyboard.press('Enter');
    await page.waitForFunction((saved) => window.spoken.includes(saved), saved);
    const spoken = await page.evaluate(() => window.spoken);
    assert.deepEqual([...new Set(spoken)].filter((words) => [none, away, saved].includes(words)), [none, away, saved], spoken.join(' | '));
  }
});

test('the label that the way back shows can be pointed at, and put away by Escape where pointer and focus are (1.4.13)', async () => {
  const page = await visit({ granted: 'all', decided: true });
  const width = () => action(page, 'reopen').evaluate((e) => Math.round(e.getBoundingClientRect().width));
  const small = await width();
  for (const [show, leave] of [
    [() => action(page, 'reopen').focus(), () => page.evaluate(() => document.activeElement.blur())],
    [() => action(page, 'reopen').hover(), () => page.mouse.move(600, 20)],
  ]) {
    await show();
    const large = await width();
    assert.ok(large > small + 40, `${large}`);
    const box = await action(page, 'reopen').boundingBox();
    await page.mouse.move(box.x + box.width - 8, box.y + 20);
    assert.equal(await width(), large, 'the pointer may go there');
    if (leave.toString().includes('blur')) await page.mouse.move(600, 20);
    else await page.mouse.move(box.x + 20, box.y + 20);
    const before = await focused(page);
    await page.keyboard.press('Escape');
    assert.equal(await width(), small, 'Escape puts it away');
    assert.equal(await focused(page), before);
    await leave();
    await page.keyboard.press('Shift');
  }
  assert.equal(await preferences(page).count(), 0);
});
