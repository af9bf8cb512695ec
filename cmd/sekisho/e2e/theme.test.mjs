// Sites with looks of their own, from site.json to the pixels: every layer, the record and the placeholders take one theme.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { site } from './lib/service.mjs';
import { suite } from './lib/suite.mjs';
import { until } from './lib/until.mjs';
import { pageOf } from './lib/visit.mjs';
import { colours, contrast } from './ui/contrast.mjs';

const THEMES = {
  // Dark only, in brand colours, with a serif that the page need not load.
  night: {
    scheme: 'dark', accent: '#c9a227', radius: 2, font: ['Noto Serif CJK JP', 'serif'],
    dark: { panel: '#1d1a2b', text: '#f4efe6', link: '#e3bf6a' },
  },
  paper: { layout: 'card', accent: '#7a1f2b', radius: 0, light: { panel: '#f6f1e7', outline: '#8a7f6c' }, dark: { panel: '#2a2521' } },
  day: { scheme: 'light', layout: 'dialog', accent: '#00785a', radius: 24, font: ['ui-rounded', 'sans-serif'] },
};
/** Panel and text of each, by the visitor's own scheme. */
const SHOWN = {
  night: { light: ['#1d1a2b', '#f4efe6', 'dark'], dark: ['#1d1a2b', '#f4efe6', 'dark'] },
  paper: { light: ['#f6f1e7', '#1b2027', 'light dark'], dark: ['#2a2521', '#eef0f3', 'light dark'] },
  day: { light: ['#ffffff', '#1b2027', 'light'], dark: ['#ffffff', '#1b2027', 'light'] },
};

const { host, service, visitor } = await suite();
const embed = '<iframe data-vendor="youtube-embed" data-src="https://www.youtube.com/embed/one" title="題名" width="560" height="315"></iframe>';
for (const key of Object.keys(THEMES)) host.pages['/' + key] = pageOf(service, key, { body: embed });
const vendors = ['youtube-embed', 'google-analytics-4', 'criteo', 'meta-pixel'];
await service.apply(...Object.entries(THEMES).map(([key, theme]) => site(key, [host.origin], vendors, { theme })));
await service.up();

const hex = (colour) => '#' + colour.match(/\d+/g).slice(0, 3).map((part) => (+part).toString(16).padStart(2, '0')).join('');
const look = (locator) =>
  locator.evaluate((element) => {
    const { backgroundColor, color, fontFamily, borderRadius } = getComputedStyle(element);
    return { panel: backgroundColor, text: color, font: fontFamily, radius: borderRadius, scheme: getComputedStyle(element.getRootNode().host).colorScheme };
  });

for (const key of Object.keys(THEMES))
  for (const colorScheme of ['light', 'dark'])
    test(`${key}, on a system that is ${colorScheme}: one look from the banner to the record`, visitor(`theme ${key} ${colorScheme}`, async (visit) => {
      const [panel, text, scheme] = SHOWN[key][colorScheme];
      const { radius, font } = THEMES[key];
      const themed = async (locator, what) => {
        const seen = await look(locator);
        assert.deepEqual([hex(seen.panel), hex(seen.text), seen.scheme], [panel, text, scheme], what);
        if (font) assert.ok(seen.font.replaceAll('"', '').startsWith(font.join(', ')), `${what}: ${seen.font}`);
        return seen;
      };
      const readable = async (root, what) => {
        const faint = (await colours(visit.page, root)).filter(({ a, b, least }) => contrast(a, b) < least);
        assert.deepEqual(faint, [], what);
      };
      const picture = async (name) => {
        if (process.env.SHOTS) await visit.page.screenshot({ path: `${process.env.SHOTS}/${key}-${colorScheme}-${name}.png` });
      };
      await visit.page.emulateMedia({ colorScheme });
      await visit.open(`${host.origin}/${key}`);
      await visit.banner().waitFor();
      await themed(visit.part('[part=banner]'), 'banner');
      assert.equal((await look(visit.banner())).radius, `${radius}px`);
      await readable('#sekisho', 'banner');
      await picture('banner');

      const placeholder = visit.page.locator('sekisho-embed .s');
      await placeholder.waitFor();
      await themed(placeholder, 'placeholder');
      await readable('sekisho-embed', 'placeholder');

      await visit.action('reject-all').click();
      await visit.untilRecorded();
      await visit.page.locator('#settings').click();
      await themed(visit.part('dialog[part=preferences]'), 'preferences');
      await readable('#sekisho', 'preferences');
      await picture('preferences');

      await visit.action('record').click();
      const record = visit.part('dialog[part=record]');
      await until('the history', async () => (await record.locator('li').count()) === 1);
      await themed(record, 'record');
      await record.locator('[data-action=erase]').click();
      await readable('#sekisho', 'record');
      await picture('record');
      assert.deepEqual(visit.errors, []);
    }));

test('whoever has the system choose colours gets those, in any theme', visitor('theme forced', async (visit) => {
  await visit.page.emulateMedia({ forcedColors: 'active', colorScheme: 'light' });
  await visit.open(`${host.origin}/night`);
  await visit.banner().waitFor();
  const { panel, text } = await look(visit.part('[part=banner]'));
  assert.ok(contrast(panel, text) >= 7, `${panel} and ${text}`);
  assert.ok(!['#1d1a2b', '#f4efe6'].some((own) => [hex(panel), hex(text)].includes(own)), `${panel} and ${text} are the site’s own`);
  await visit.action('preferences').click();
  const control = visit.part('[role=switch]').first();
  await control.waitFor();
  const knob = await control.evaluate((element) => [getComputedStyle(element, '::after').backgroundColor, getComputedStyle(element.closest('dialog')).backgroundColor]);
  assert.ok(contrast(...knob) >= 3, `the knob is ${knob[0]} on ${knob[1]}`);
}));
