// The visitor's own record against the real service, at the keyboard, in each of its states: axe finds nothing, contrast
// holds in both schemes, what happens is spoken, and the focus is never lost.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { site } from '../lib/service.mjs';
import { suite } from '../lib/suite.mjs';
import { until } from '../lib/until.mjs';
import { pageOf } from '../lib/visit.mjs';
import { axeFindsNothing } from './axe.mjs';
import { colours, contrast } from './contrast.mjs';
import { focused, focusFault, press } from './keys.mjs';
import { repository } from './sample.mjs';

const { host, service, visitor } = await suite();
const words = (language) => JSON.parse(readFileSync(join(repository, `widget/src/i18n/${language}.json`), 'utf8'));
for (const lang of ['ja', 'en']) host.pages[`/${lang}`] = pageOf(service, 'shop', { lang });
await service.apply(site('shop', [host.origin], ['google-analytics-4', 'criteo', 'meta-pixel']));
await service.up();

const record = (visit) => visit.part('[part=record]');
const own = (visit, name) => record(visit).locator(`[data-action="${name}"]`);
const said = (visit) => record(visit).locator('[role=status]');

/** The state is as it should be for everybody, in both schemes, and every stop of Tab shows that it is one. */
async function sound(visit, state) {
  const { page } = visit;
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await axeFindsNothing(page, `${state}, ${colorScheme}`);
    for (const { told, least, a, b } of await colours(page)) assert.ok(contrast(a, b) >= least, `${state}, ${colorScheme}: ${told}: ${contrast(a, b).toFixed(2)} (${a} on ${b})`);
  }
}

/** Presses Tab until that has the focus. */
async function tabTo(page, name) {
  for (let i = 0; i < 40; i++) {
    if ((await focused(page)) === name) return;
    await page.keyboard.press('Tab');
    assert.equal(await focusFault(page), '');
  }
  assert.fail(`Tab never comes to ${name}`);
}

for (const lang of ['ja', 'en'])
  test(`${lang}: empty, loading, history, waiting, fault, question, and erased`, visitor(`walk record ${lang}`, async (visit) => {
    const { page } = visit;
    const say = words(lang);
    const open = async () => {
      await page.locator('#settings').focus();
      await page.keyboard.press('Enter');
      await visit.part('[part=preferences]').waitFor();
      await tabTo(page, 'record');
      await page.keyboard.press('Enter');
      await record(visit).waitFor();
    };
    const close = async () => {
      await page.keyboard.press('Escape');
      await record(visit).waitFor({ state: 'detached' });
      assert.equal(await focused(page), 'record', 'the focus is back on what opened it');
      await page.keyboard.press('Escape');
      await visit.part('[part=preferences]').waitFor({ state: 'detached' });
      assert.equal(await focused(page), 'settings');
    };

    await visit.open(`${host.origin}/${lang}`);
    await visit.banner().waitFor();
    await open();
    assert.ok((await record(visit).innerText()).includes(say['record.none']));
    await sound(visit, 'empty');
    await close();

    await visit.choose('accept-all');
    await visit.untilRecorded();
    const all = `${service.url}/v1/**`;
    let answer;
    const asked = new Promise((resolve) => {
      answer = resolve;
    });
    await visit.context.route(all, async (route) => {
      await asked;
      await route.fallback();
    });
    await open();
    assert.equal(await said(visit).innerText(), say['record.loading']);
    assert.equal(await focused(page), 'record', 'its heading');
    await sound(visit, 'loading');
    answer();
    await until('the history', async () => (await record(visit).locator('li').count()) === 1);
    await visit.context.unroute(all);
    await record(visit).locator('summary').focus();
    await page.keyboard.press('Enter');
    await sound(visit, 'history');

    await visit.context.route(all, (route) => route.abort());
    await page.evaluate(() => window.sekisho.save({ criteo: false }));
    await own(visit, 'retry').waitFor();
    assert.equal(await said(visit).innerText(), say['record.away']);
    assert.match(await record(visit).locator('li').first().innerText(), new RegExp(say['record.unsent']));
    await sound(visit, 'fault, and one that waits');

    await tabTo(page, 'erase');
    await page.keyboard.press('Enter');
    assert.equal(await focused(page), 'own sure', 'the question');
    await sound(visit, 'question');
    assert.deepEqual(await press(page, 'Tab', 2), ['erase-confirm', 'erase-cancel']);
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    await until('the reason', async () => (await said(visit).innerText()).endsWith(say['record.kept']));
    assert.equal(await focused(page), 'erase-confirm');
    await sound(visit, 'question, after a fault');
    await page.keyboard.press('Escape');
    assert.equal(await focused(page), 'erase', 'Escape takes the question back, and nothing else');
    assert.equal(await record(visit).count(), 1);

    await visit.context.unroute(all);
    await page.evaluate(() => dispatchEvent(new Event('online')));
    await visit.untilRecorded(2);
    await until('the history', async () => (await record(visit).locator('li').count()) === 2);
    await page.keyboard.press('Enter');
    await tabTo(page, 'erase-confirm');
    await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);
    await visit.banner().waitFor();
    // A page that was loaded anew begins at its beginning, and there the banner is.
    assert.deepEqual(await press(page, 'Tab', 2), ['a', 'accept-all']);
    await sound(visit, 'erased');
    assert.deepEqual(visit.errors, []);
  }, { locale: lang }));
