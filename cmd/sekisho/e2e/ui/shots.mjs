// Takes pictures of every state into a folder: node shots.mjs [DIR]

import { mkdirSync } from 'node:fs';
import { action, DESKTOP, PHONE, setUp } from './host.mjs';

const folder = process.argv[2] || 'shots';
mkdirSync(folder, { recursive: true });
const ends = [];
const open = async (page) => {
  await action(page, 'preferences').or(action(page, 'reopen')).click();
  await page.locator('#sekisho dialog').waitFor();
  await page.mouse.move(0, 0);
};
const { visit } = await setUp({ after: (end) => ends.push(end), afterEach() {} });
try {
  for (const language of ['ja', 'en'])
    for (const [width, context] of [['desktop', DESKTOP], ['phone', PHONE]])
      for (const colorScheme of ['light', 'dark']) {
        const shoot = async (name, options, prepare) => {
          const page = await visit({ language, ...options }, { ...context, colorScheme });
          if (prepare) await prepare(page);
          await page.screenshot({ path: `${folder}/${name}-${language}-${width}-${colorScheme}.png` });
          await page.context().close();
        };
        await shoot('banner', {});
        await shoot('preferences', {}, open);
        if (process.argv[3] === 'few') continue;
        await shoot('card', { theme: { layout: 'card', position: 'right' } });
        await shoot('new', { granted: 'all', decided: true, unasked: ['criteo', 'karte'] });
        await shoot('notice', { mode: 2 });
        await shoot('details', { granted: ['criteo', 'google-analytics-4'], decided: true, denied: ['karte'], signalled: true }, async (page) => {
          await open(page);
          await page.locator('#sekisho summary', { hasText: 'Criteo' }).click();
          await page.locator('#sekisho dl').waitFor();
          await page.locator('#sekisho summary', { hasText: 'Criteo' }).scrollIntoViewIfNeeded();
        });
        await shoot('saved', {}, (page) => action(page, 'reject-all').click());
      }
} finally {
  for (const end of ends) await end();
}
