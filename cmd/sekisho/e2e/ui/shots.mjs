// The contact sheets: every layout in every theme, language and width, and the preferences, each sheet one picture that
// Chromium itself puts together. `node ui/shots.mjs [DIR [SHEET]]` makes them alone, without the README's pictures.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { shrink } from '../lib/png.mjs';
import { action, setUp } from './host.mjs';

const WIDTHS = {
  desktop: { viewport: { width: 1280, height: 800 } },
  tablet: { viewport: { width: 820, height: 1180 }, hasTouch: true },
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
};
const light = { colorScheme: 'light', forcedColors: 'none' };
/** Each with what the site sets (the name of a theme in themes.json), and what the browser says. */
const THEMES = {
  'default, light': [{}, light],
  'default, dark': [{}, { ...light, colorScheme: 'dark' }],
  'a warm brand': [{ accent: 'paper' }, light],
  'forced colours': [{}, { ...light, forcedColors: 'active' }],
};
const LANGUAGES = { ja: '日本語', en: 'English', de: 'Deutsch', ar: 'العربية' };

const opened = async (page) => {
  await action(page, 'preferences').click();
  await page.locator('#sekisho dialog[part=preferences]').waitFor();
  await page.mouse.move(0, 0);
};
/** Each with the theme's layout, the languages, and how to get there. */
const SHEETS = {
  bar: [{ layout: 'bar', position: 'bottom' }, Object.keys(LANGUAGES)],
  card: [{ layout: 'card', position: 'right' }, Object.keys(LANGUAGES)],
  dialog: [{ layout: 'dialog', position: 'center' }, Object.keys(LANGUAGES)],
  preferences: [{ layout: 'bar', position: 'bottom' }, ['ja', 'ar'], opened],
};

/** How high a picture is on the sheet, in pixels. */
const HEIGHT = 400;

const STYLE = `
  body { margin: 0; padding: 24px; width: max-content; font: 15px/1.5 sans-serif; color: #222; background: #d8dadd }
  h1 { margin: 0 0 16px; font-size: 22px }
  main { display: grid; grid-template-columns: auto auto; gap: 24px 40px }
  h2 { margin: 0 0 4px; font-size: 15px }
  div { display: flex; gap: 12px }
  img { height: ${HEIGHT}px; display: block }`;

/** One language at one width in every theme. Themes that differ by what the browser says alone are shown on one page. */
async function strip(visit, language, context, look, prepare) {
  const pages = new Map();
  const shots = [];
  for (const [{ accent }, media] of Object.values(THEMES)) {
    let page = pages.get(accent);
    if (!page) {
      page = await visit({ language, accent, theme: look }, { ...context, reducedMotion: 'reduce' });
      pages.set(accent, page);
      if (prepare) await prepare(page);
    }
    await page.emulateMedia(media);
    shots.push(await page.screenshot());
  }
  for (const page of pages.values()) await page.context().close();
  return shots;
}

/** The pictures of one sheet in the order in which they stand on it, two languages side by side. */
async function pictures(visit, [look, languages, prepare], told) {
  const rows = [];
  for (const language of languages) {
    const strips = await Promise.all(Object.values(WIDTHS).map((context) => strip(visit, language, context, look, prepare)));
    rows.push(Object.keys(THEMES).map((theme, i) => ({ title: `${LANGUAGES[language]} · ${theme}`, shots: strips.map((shots) => shots[i]) })));
    told(language);
  }
  return rows.flatMap((left, i) => (i % 2 ? [] : left.flatMap((row, k) => [row, rows[i + 1][k]])));
}

/** Takes all sheets (or the one named) into a folder; returns the files. `log` hears how far it is. */
export async function takeSheets(folder, log, only) {
  await mkdir(folder, { recursive: true });
  const ends = [];
  const { visit, browser } = await setUp({ after: (end) => ends.push(end), afterEach() {} });
  const files = [];
  try {
    for (const [name, sheet] of Object.entries(SHEETS)) {
      if (only && only !== name) continue;
      const rows = await pictures(visit, sheet, (language) => log(`${name}: ${language}`));
      const page = await browser.newPage();
      const image = (shot) => `<img src="data:image/png;base64,${shot.toString('base64')}">`;
      await page.setContent(
        `<style>${STYLE}</style><h1>${name}</h1><main>${rows
          .map((row) => `<section><h2>${row.title}</h2><div>${row.shots.map(image).join('')}</div></section>`)
          .join('')}</main>`,
      );
      await page.evaluate(() => Promise.all([...document.images].map((image) => image.decode())));
      const { width, height } = await page.evaluate(() => ({ width: document.body.offsetWidth, height: document.body.offsetHeight }));
      await page.setViewportSize({ width, height });
      const file = join(folder, `contact-sheet-${name}.png`);
      await writeFile(file, shrink(await page.screenshot()));
      files.push(file);
      await page.close();
    }
  } finally {
    for (const end of ends) await end();
  }
  return files;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [folder = 'shots', only] = process.argv.slice(2);
  for (const file of await takeSheets(folder, console.log, only)) console.log(file);
}
