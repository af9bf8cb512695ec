// Screenshots of banner and preferences on the demo page: what a visitor sees, in both languages, desktop and phone.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

const screens = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };

/** Takes all of them from the demo at `url` into a folder; returns the files. */
export async function takeShots(browser, url, folder) {
  await mkdir(folder, { recursive: true });
  const files = [];
  for (const lang of ['ja', 'en']) {
    for (const [screen, viewport] of Object.entries(screens)) {
      const context = await browser.newContext({ locale: lang, viewport, reducedMotion: 'reduce', hasTouch: screen === 'phone' });
      const page = await context.newPage();
      const shoot = async (what) => {
        const file = join(folder, `${what}-${lang}-${screen}.png`);
        await page.screenshot({ path: file });
        files.push(file);
      };
      await page.goto(`${url}/?lang=${lang}`, { waitUntil: 'load' });
      await page.locator('#sekisho [data-action="accept-all"]').first().waitFor();
      await page.evaluate(() => document.fonts.ready);
      await shoot('banner');
      await page.locator('#sekisho [data-action="preferences"]').first().click();
      await page.locator('#sekisho [data-action="save"]').waitFor();
      // Off the answer that came to lie under the pointer: neither is favoured in a picture.
      await page.mouse.move(0, 0);
      await shoot('preferences');
      await context.close();
    }
  }
  return files;
}
