// Every language of the widget, drawn where there is least room for it: nothing runs over, no button is cut, both
// answers stay equal, and each piece says in which language it is.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, afterEach } from 'node:test';
import { action, setUp, unfold } from './host.mjs';
import { repository } from './sample.mjs';

const { visit } = await setUp({ after, afterEach });
const languages = readdirSync(join(repository, 'widget/src/i18n'))
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.slice(0, -5));
const SIZES = [{ width: 320, height: 640 }, { width: 390, height: 844 }, { width: 1280, height: 800 }];
const CARD = { theme: { layout: 'card', position: 'right' } };
const SOME = { decided: true, granted: ['criteo'], unasked: ['karte'] };

/** Shows the preferences with every vendor unfolded. */
const openAll = async (page) => {
  await action(page, 'preferences').or(action(page, 'reopen')).click();
  await page.locator('#sekisho dialog').waitFor();
  await unfold(page);
  // Rows out of sight are not laid out, and have no words that could be read or measured.
  await page.locator('#sekisho li').evaluateAll((all) => all.forEach((row) => (row.style.contentVisibility = 'visible')));
};

/** What does not fit: elements wider than the window, words wider than what holds them, a word broken within a button. */
const overflows = (page) =>
  page.evaluate(() => {
    const { shadowRoot } = document.getElementById('sekisho');
    const wrong = [];
    const visible = (element) => element.getClientRects().length && getComputedStyle(element).clipPath == 'none';
    for (const element of shadowRoot.querySelectorAll('*')) {
      // The way back in shows its icon alone until it has the pointer or the focus.
      if (!visible(element) || element.closest('.back,.said,svg,.hidden')) continue;
      const told = `${element.tagName}.${element.className} ${element.textContent.slice(0, 40)}`;
      const { left, right } = element.getBoundingClientRect();
      if (left < -0.5 || right > document.documentElement.clientWidth + 0.5) wrong.push('outside the window: ' + told);
      // What can be hit of a switch reaches 4 px beyond what is seen of it, which stands in line.
      const slack = element.querySelector('[role=switch]') ? 5 : 1;
      if (element.scrollWidth > element.clientWidth + slack && getComputedStyle(element).display != 'inline') wrong.push('wider than its box: ' + told);
    }
    for (const button of shadowRoot.querySelectorAll('.button')) {
      if (!visible(button) || button.closest('.back') || !button.textContent) continue;
      if (button.scrollHeight > button.clientHeight + 1) wrong.push('cut: ' + button.textContent);
      const text = document.createTreeWalker(button, NodeFilter.SHOW_TEXT).nextNode();
      // A range around each word has one rectangle, unless the line breaks within the word.
      for (const { index, segment, isWordLike } of new Intl.Segmenter(button.closest('[lang]').lang, { granularity: 'word' }).segment(text.data)) {
        const range = document.createRange();
        range.setStart(text, index);
        range.setEnd(text, index + segment.length);
        const tops = new Set([...range.getClientRects()].map(({ top }) => Math.round(top)));
        if (isWordLike && tops.size > 1) wrong.push(`broken within “${segment}”: ${button.textContent}`);
      }
    }
    const answers = ['accept-all', 'reject-all'].map((name) => shadowRoot.querySelector(`[data-action=${name}]`).getBoundingClientRect());
    if (Math.abs(answers[0].width - answers[1].width) > 0.5 || Math.abs(answers[0].height - answers[1].height) > 0.5)
      wrong.push('accept and reject differ in size: ' + JSON.stringify(answers));
    return wrong;
  });

for (const language of languages)
  test(`${language}: everything fits, on a narrow phone and beside a page`, async () => {
    for (const [state, options, prepare] of [['banner', {}], ['card', CARD], ['new vendors', SOME], ['preferences', SOME, openAll]]) {
      const page = await visit({ language, signalled: true, ...options });
      if (prepare) await prepare(page);
      for (const size of SIZES) {
        await page.setViewportSize(size);
        assert.deepEqual(await overflows(page), [], `${state}, ${size.width} px`);
      }
      assert.deepEqual(page.faults, []);
      await page.context().close();
    }
  });

const criteo = JSON.parse(readFileSync(join(repository, 'vendors/data/criteo.json'), 'utf8'));
test('says in which language each piece is: facts of vendors are there in Japanese and English alone', async () => {
  for (const [language, told] of [['ja', 'ja'], ['en', 'en'], ['pt-BR', 'en'], ['zh-Hant', 'en']]) {
    const page = await visit({ language, decided: true, granted: 'all' });
    await openAll(page);
    const fact = page.locator('#sekisho dd span', { hasText: criteo.receives[told] }).first();
    assert.equal(await fact.evaluate((e) => e.closest('[lang]').lang), told, language);
    assert.equal(await page.locator('#sekisho dialog').evaluate((e) => e.closest('[lang]').lang), language);
  }
});

test('counts, dates and countries are written by the browser in the language', async () => {
  for (const [language, date, country] of [
    ['zh-Hans', '2026年11月21日', '法国'],
    ['zh-Hant', '2026年11月21日', '法國'],
    ['ko', '2026년 11월 21일', '프랑스'],
    ['vi', '21 tháng 11, 2026', 'Pháp'],
    ['pt-BR', '21 de novembro de 2026', 'França'],
    ['es', '21 de noviembre de 2026', 'Francia'],
    ['fr', '21 novembre 2026', 'France'],
    ['de', '21. November 2026', 'Frankreich'],
  ]) {
    const page = await visit({ language, decided: true, granted: 'all', facts: { criteo: { country: 'FR' } } });
    await openAll(page);
    const text = await page.locator('#sekisho dialog').innerText();
    assert.ok(text.includes(date), `${language}: ${text.slice(0, 300)}`);
    assert.ok(text.includes(country), `${language}: no ${country}`);
    assert.doesNotMatch(text, /undefined|\{|\|/, language);
  }
});
