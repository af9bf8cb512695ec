// The interface's words: complete in every language, sent only where they are used.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { load } from './host.mjs';
import { repository } from './sample.mjs';

const sources = join(repository, 'widget/src');
const folder = join(sources, 'i18n');
const read = (language) => JSON.parse(readFileSync(join(folder, language + '.json'), 'utf8'));
const languages = readdirSync(folder).filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -5));
const master = read('ja');

/** The names of a message's placeholders; the words that a plural chooses from are left out. */
const placeholders = (message) => [...new Set([...message.matchAll(/\{(\w+)[^}]*\}/g)].map(([, name]) => name))].sort();

/** The plural categories that a count of vendors can have; a site has 500 of them at most. */
const categoriesOf = (language) => {
  const rules = new Intl.PluralRules(language);
  const reached = new Set(Array.from({ length: 501 }, (_, n) => rules.select(n)));
  return rules.resolvedOptions().pluralCategories.filter((category) => reached.has(category));
};

test('the languages of visitors to Japanese sites are there, and the browser knows each', () => {
  assert.deepEqual(languages.toSorted(), ['de', 'en', 'es', 'fr', 'ja', 'ko', 'pt-BR', 'vi', 'zh-Hans', 'zh-Hant']);
  assert.deepEqual(Intl.getCanonicalLocales(languages), languages);
  for (const API of [Intl.PluralRules, Intl.ListFormat, Intl.NumberFormat, Intl.DateTimeFormat]) assert.deepEqual(API.supportedLocalesOf(languages), languages);
});

for (const language of languages)
  test(`${language}: the same keys as ja, in the same order, each with words and the same placeholders`, () => {
    const messages = read(language);
    assert.deepEqual(Object.keys(messages), Object.keys(master));
    for (const [key, message] of Object.entries(messages)) {
      assert.equal(typeof message, 'string', key);
      assert.ok(message.trim(), `${key} is empty`);
      assert.ok(!/[<>]/.test(message), `${key} holds markup`);
      assert.deepEqual(placeholders(message), placeholders(master[key]), key);
      assert.equal(message.split('{').length, message.split('}').length, `${key}: braces`);
      for (const [, forms] of message.matchAll(/\{\w+\|([^}]*)\}/g)) {
        const categories = forms.split('|').map((form) => form.split(':')[0]);
        assert.ok(categories.includes('other'), `${key}: a plural needs "other"`);
        assert.deepEqual(categories, categoriesOf(language), key);
      }
    }
  });

test('each key is used, and by the layer that it is sent with', () => {
  const code = (part) =>
    readdirSync(join(sources, part))
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(join(sources, part, name), 'utf8'))
      .join('\n');
  const [banner, preferences, record, embeds] = [code('banner'), code('preferences'), code('record'), code('embeds')];
  const used = { banner: [banner], preferences: [preferences, record], record: [record], embeds: [embeds], common: [banner, preferences] };
  for (const key of Object.keys(master)) {
    const [layer, name] = key.split('.');
    assert.ok(used[layer], `${key}: no such layer`);
    assert.ok(
      // By its whole key, or by its last part where code puts the key together.
      used[layer].some((text) => text.includes(`'${key}'`) || (text.includes(`'${name}'`))),
      `${key} is used nowhere`,
    );
  }
  assert.ok(!/'preferences\.\w+'/.test(banner), 'the banner’s file carries no words of the preferences');
  assert.ok(!/'banner\.\w+'/.test(preferences), 'the preferences use the banner’s words');
});

test('speaks: values, plurals, and an unknown key is silence rather than an error', async () => {
  const { speaker, list } = await load('i18n/text');
  const say = speaker('en', { a: '{n} {n|one:vendor|other:vendors} of {site}', b: 'plain' });
  assert.equal(say('a', { n: 1, site: '$& {n}' }), '1 vendor of $& {n}');
  assert.equal(say('a', { n: 2, site: 'x' }), '2 vendors of x');
  assert.equal(say('b'), 'plain');
  assert.equal(say('c'), '');
  assert.equal(list('ja', ['甲', '乙', '丙']), '甲、乙、丙');
  assert.equal(list('en', ['a', 'b', 'c']), 'a, b, and c');
});
