// What every walk through the console needs: the real service with its first owner, and signed-in pages.
import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, test } from 'node:test';
import { launch } from '../lib/launch.mjs';
import { makeService } from '../lib/service.mjs';
import { results } from '../lib/suite.mjs';

export const DESKTOP = { width: 1280, height: 900 };
export const PHONE = { width: 390, height: 844 };
export const owner = { email: 'owner@shop.example', password: 'correct horse battery staple' };
const axe = await readFile(fileURLToPath(new URL('../../../../node_modules/axe-core/axe.min.js', import.meta.url)), 'utf8');

/**
 * Starts a service with these sites published, and its first owner. Returns { service, url, browser, visit, walk }.
 * visit(options) opens a context: lang ("ja" or "en"), signedIn, and Playwright's own (viewport, colorScheme, javaScriptEnabled).
 * walk(name, fn, options) is a test with a page of it, and a picture where it fails.
 */
export async function consoleSuite(...documents) {
  const service = await makeService();
  after(() => service.stop());
  if (documents.length) await service.apply(...documents);
  await service.up();
  const browser = await launch();
  after(() => browser.close());
  const url = service.url;
  const [, link] = /(\/console\/link\/\S+)/.exec(service.said());
  const response = await fetch(url + link, { method: 'POST', body: new URLSearchParams({ ...owner, name: '関所 花子' }), headers: { origin: url }, redirect: 'manual' });
  assert.equal(response.status, 303, await response.text());
  const [, token] = /sekisho-console=([^;]+)/.exec(response.headers.get('set-cookie'));

  const visit = async ({ lang = 'ja', signedIn = true, viewport = DESKTOP, ...options } = {}) => {
    const context = await browser.newContext({ locale: lang === 'ja' ? 'ja-JP' : 'en-GB', viewport, ...options });
    context.setDefaultTimeout(15_000);
    // The owner has chosen Japanese; a browser may be asked for another language.
    if (signedIn && lang !== 'ja') await context.addCookies([{ name: 'sekisho-console-language', value: lang, url }]);
    if (signedIn) await context.addCookies([{ name: 'sekisho-console', value: token, url }]);
    const page = await context.newPage();
    page.on('pageerror', (error) => { throw error; });
    return { context, page, go: (path) => page.goto(url + path) };
  };

  const walk = (name, fn, options = {}) => test(name, async (t) => {
    const { context, page, go } = await visit(options);
    let passed = false;
    try {
      await fn({ page, go, context, t });
      passed = true;
    } finally {
      if (!passed) {
        await mkdir(results, { recursive: true });
        await page.screenshot({ path: join(results, `console-${name.replace(/[^\p{L}\p{N}]+/gu, '-')}.png`), fullPage: true }).catch(() => {});
      }
      await context.close();
    }
  });
  return { service, url, browser, visit, walk };
}

/** Fails with what axe finds on the page. */
export async function accessible(page) {
  // Not by a script element: the page's policy would refuse that.
  await page.evaluate(axe);
  const { violations, passes } = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
  assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target, failureSummary }) => `${target} ${failureSummary}`).join('; ')}`), [], page.url());
  assert.ok(passes.length > 5, 'axe looked');
}

/** Fails where the page is wider than the window. */
export async function fits(page) {
  const [content, width] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(content <= width, `${page.url()} is ${content} px wide in ${width}`);
}
