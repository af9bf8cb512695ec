// Pages that make it hard: strict policies, hostile styles, odd browsers, odd moments.

import assert from 'node:assert/strict';
import test, { after, afterEach } from 'node:test';
import { action, decisions, PHONE, setUp } from './host.mjs';

const { visit } = await setUp({ after, afterEach });
const banner = (page) => page.locator('#sekisho section');
const dialog = (page) => page.locator('#sekisho dialog');

/** Through both layers and back, the way a visitor goes. */
async function walk(page) {
  await action(page, 'preferences').click();
  await page.locator('#sekisho [data-vendor="criteo"]').click();
  await action(page, 'save').click();
  await dialog(page).waitFor({ state: 'detached' });
  await action(page, 'reopen').click();
  await action(page, 'withdraw').click();
  await dialog(page).waitFor({ state: 'detached' });
  assert.deepEqual((await decisions(page)).map((decision) => decision.action), ['save', 'withdraw']);
}

test('a page with nonce, strict-dynamic, style-src self and Trusted Types refuses nothing of it', async () => {
  const page = await visit({ csp: true });
  const { backgroundColor, position } = await banner(page).evaluate((e) => ({ ...getComputedStyle(e) }));
  assert.deepEqual([backgroundColor, position], ['rgb(255, 255, 255)', 'fixed']);
  await walk(page);
  assert.deepEqual(page.faults, []);
});

test('a page’s own CSS, however hostile, does not reach it', async () => {
  const boxes = async (page) => {
    const all = [await banner(page).boundingBox()];
    for (const name of ['accept-all', 'reject-all', 'preferences']) all.push(await action(page, name).boundingBox());
    return all;
  };
  const [plain, hostile] = [await visit(), await visit({ hostile: true })];
  assert.deepEqual(await boxes(hostile), await boxes(plain));
  const looks = (page) =>
    page.locator('#sekisho section, #sekisho h2, #sekisho p, #sekisho button').evaluateAll((all) =>
      all.map((e) => {
        const { color, backgroundColor, fontSize, fontFamily, opacity, visibility, pointerEvents, transform, filter } = getComputedStyle(e);
        return { color, backgroundColor, fontSize, fontFamily, opacity, visibility, pointerEvents, transform, filter };
      }),
    );
  assert.deepEqual(await looks(hostile), await looks(plain));
  // Playwright clicks only what would get the click: nothing lies above it.
  await walk(hostile);
});

test('what a page says of ::backdrop, of <html> and of its text size changes nothing', async () => {
  const css = `
    ::backdrop { background: rgb(0 0 0 / .9) !important; display: block !important }
    html { font-size: 30px !important; display: grid !important; grid-template-columns: 9px; direction: rtl; writing-mode: vertical-rl; text-transform: uppercase; letter-spacing: 9px; line-height: 9; opacity: .1; filter: blur(9px); transform: rotate(9deg); pointer-events: none; visibility: hidden; color-scheme: dark; user-select: none; cursor: wait }
    :host, :root > div, html > div, #sekisho::before { display: none !important; content: 'x' }`;
  const look = async (page) => [await banner(page).boundingBox(), await page.locator('#sekisho section, #sekisho section *').evaluateAll((all) =>
    all.map((e) => {
      const { fontSize, direction, writingMode, textTransform, letterSpacing, lineHeight, visibility, pointerEvents, color, cursor, userSelect } = getComputedStyle(e);
      return { fontSize, direction, writingMode, textTransform, letterSpacing, lineHeight, visibility, pointerEvents, color, cursor, userSelect };
    }))];
  const page = await visit();
  const before = await look(page);
  await page.evaluate((css) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    document.adoptedStyleSheets = [sheet];
  }, css);
  assert.deepEqual(await look(page), before);
  assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector('#sekisho'), '::backdrop').display), 'none');
});

test('lies above a page that takes the highest z-index, and above a transformed body', async () => {
  const page = await visit();
  await page.evaluate(() => {
    document.body.style.transform = 'rotate(3deg)';
    const cover = document.createElement('div');
    cover.style.cssText = 'position:fixed;inset:0;z-index:2147483647;background:tomato';
    document.documentElement.append(cover);
  });
  await action(page, 'reject-all').click();
  assert.equal((await decisions(page)).length, 1);
});

test('shifts nothing: CLS 0 from the first paint to the decision, on screens large and small', async () => {
  for (const context of [{}, PHONE]) {
    const page = await visit({}, context, () => {
      window.shifts = [];
      new PerformanceObserver((list) => window.shifts.push(...list.getEntries().map((entry) => entry.value))).observe({ type: 'layout-shift', buffered: true });
    });
    await page.mouse.wheel(0, 300);
    await action(page, 'reject-all').click();
    await action(page, 'reopen').waitFor();
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    assert.deepEqual(await page.evaluate(() => window.shifts), []);
    // And the watch is awake: a page that does shift is noticed.
    await page.evaluate(() => scrollTo(0, 0));
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    await page.evaluate(() => (document.querySelector('main').style.paddingTop = '200px'));
    await page.waitForFunction(() => window.shifts.length > 0);
  }
});

test('draws before the body is there, and stays before it', async () => {
  const page = await visit({ early: true });
  assert.equal(await page.evaluate(() => window.stub.bodyAtStart), false);
  assert.equal(await page.evaluate(() => document.querySelector('#sekisho').nextElementSibling.tagName), 'BODY');
  await walk(page);
});

test('comes before the page in the Tab order while it asks, and after it when it has been answered', async () => {
  const page = await visit();
  const order = () => page.evaluate(() => !!(document.body.compareDocumentPosition(document.querySelector('#sekisho')) & Node.DOCUMENT_POSITION_PRECEDING));
  assert.equal(await order(), true);
  await action(page, 'accept-all').click();
  await action(page, 'reopen').waitFor();
  assert.equal(await order(), false);
});

test('outlives a framework that puts another body in place', async () => {
  const page = await visit();
  await page.evaluate(() => document.body.replaceWith(document.createElement('body')));
  assert.equal(await banner(page).isVisible(), true);
});

test('a page with prototypes of its own and a form called sekisho', async () => {
  const page = await visit({}, {}, () => {
    Object.prototype.polluted = function polluted() {};
    addEventListener('DOMContentLoaded', () => {
      const form = document.createElement('form');
      form.id = 'sekisho';
      document.body.prepend(form);
    });
  });
  assert.deepEqual(page.faults, []);
  await page.locator('div#sekisho [data-action="accept-all"]').click();
  assert.equal((await decisions(page)).length, 1);
});

test('a browser without popovers and without constructed style sheets', async () => {
  const page = await visit({}, {}, () => {
    delete HTMLElement.prototype.popover;
    delete HTMLElement.prototype.showPopover;
    for (const prototype of [Document.prototype, ShadowRoot.prototype]) delete prototype.adoptedStyleSheets;
  });
  assert.equal(await banner(page).evaluate((e) => getComputedStyle(e).position), 'fixed');
  await walk(page);
  assert.deepEqual(page.faults, []);
});

test('is not printed', async () => {
  const page = await visit();
  await page.emulateMedia({ media: 'print' });
  assert.equal(await banner(page).isVisible(), false);
});
