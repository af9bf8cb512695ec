// WCAG 2.2 AA in every state that the interface can be in: axe finds nothing, and each text and control has its contrast.
// The record's states are in walkrecord.test.mjs, those of placeholders in ../embeds.test.mjs.

import assert from 'node:assert/strict';
import test, { after, afterEach } from 'node:test';
import { axeFindsNothing } from './axe.mjs';
import { colours, contrast } from './contrast.mjs';
import { action, DESKTOP, PHONE, setUp, unfold } from './host.mjs';

const { visit } = await setUp({ after, afterEach });

const openPreferences = async (page) => {
  await action(page, 'preferences').or(action(page, 'reopen')).click();
  await page.locator('#sekisho [part=preferences]').waitFor();
  // Nothing hovered: a ring around it is no part of the state.
  await page.mouse.move(0, 0);
};
const search = (words) => async (page) => {
  await openPreferences(page);
  await page.getByRole('searchbox').fill(words);
};

/** Options of the page, and how to get to the state from there. */
const STATES = {
  bar: [{}],
  'bar at the top': [{ theme: { position: 'top' } }],
  'card with a pale accent': [{ theme: { layout: 'card', position: 'right' }, accent: '#ffd400' }],
  'dialog in the middle': [{ theme: { layout: 'dialog', position: 'center' } }],
  'new vendors': [{ granted: 'all', unasked: ['criteo', 'karte'], decided: true }],
  'notice-only': [{ mode: 2 }],
  'opt-out': [{ mode: 1 }],
  'a signal honoured': [{ signalled: true, denied: ['criteo'] }],
  'way back': [{ granted: 'all', decided: true }],
  'way back, its label out': [{ granted: 'all', decided: true }, (page) => action(page, 'reopen').focus()],
  'choice saved': [{}, (page) => action(page, 'accept-all').click()],
  preferences: [{}, openPreferences],
  'preferences, from the dialog': [{ theme: { layout: 'dialog', position: 'center' } }, openPreferences],
  'preferences, all facts unfolded': [
    { granted: ['criteo', 'google-analytics-4'], denied: ['karte'], decided: true, signalled: true, facts: { criteo: { unverified: 'entity country privacy' } } },
    async (page) => {
      await openPreferences(page);
      await unfold(page);
    },
  ],
  'preferences, linked with personal data, and only what is new or changed': [
    { decided: true, granted: 'all', unasked: ['karte', 'marketo'], linked: ['karte', 'criteo'], facts: { karte: { changed: '9 new' }, marketo: { changed: '9 country receives' } } },
    async (page) => {
      await openPreferences(page);
      await action(page, 'changes').click();
      await page.mouse.move(0, 0);
    },
  ],
  'preferences, mixed': [{}, async (page) => {
    await openPreferences(page);
    await page.locator('#sekisho [data-vendor="criteo"]').click();
  }],
  'preferences, searched': [{}, search('google')],
  'preferences, nothing found': [{}, search('寿限無')],
  'the record’s file cannot be had': [{ granted: 'all', decided: true }, async (page) => {
    await openPreferences(page);
    const before = await action(page, 'record').innerText();
    await action(page, 'record').click();
    await page.waitForFunction((before) => document.querySelector('#sekisho').shadowRoot.querySelector('[data-action=record]').innerText !== before, before);
  }],
};

for (const [state, [options, prepare]] of Object.entries(STATES))
  test(`axe finds nothing, and contrast holds: ${state}`, async () => {
    // Both languages in both schemes, each language on a screen of each size; what axe sees does not hang on all of their combinations.
    for (const [language, turns] of [['ja', [['light', DESKTOP], ['dark', PHONE]]], ['en', [['light', PHONE], ['dark', DESKTOP]]]]) {
      const page = await visit({ language, ...options }, { reducedMotion: 'reduce' });
      if (prepare) await prepare(page);
      for (const [colorScheme, { viewport }] of turns) {
        const told = `${language}, ${colorScheme}, ${viewport.width}`;
        await page.setViewportSize(viewport);
        await page.emulateMedia({ colorScheme });
        await axeFindsNothing(page, told);
        const found = await colours(page);
        assert.ok(found.length > 0);
        for (const { told: what, least, a, b } of found) assert.ok(contrast(a, b) >= least, `${told}: ${what}: ${contrast(a, b).toFixed(2)} (${a} on ${b})`);
      }
    }
  });

for (const [state, options] of [['first layer', {}], ['dialog', { theme: { layout: 'dialog', position: 'center' } }], ['way back', { granted: 'all', decided: true }]])
  test(`axe finds nothing in a page that has it: ${state}`, async () => {
    for (const language of ['ja', 'en']) await axeFindsNothing(await visit({ language, ...options }), language, 'document');
  });
