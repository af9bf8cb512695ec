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
  for (const API of [Intl.PluralRules, Intl.NumberFormat, Intl.DateTimeFormat]) assert.deepEqual(API.supportedLocalesOf(languages), languages);
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

/** What gives away a text that was not written in the language, by patterns and what each finds. */
const EAST = [[/[a-z\u3040-\u9fff）}][.,:;!?]|[()]/i, 'punctuation of half the width'], [/ [，、：；！？。（）「」“”]|[，、：；！？。（）「」“”] /, 'a space beside wide punctuation']];
const FOREIGN = {
  ja: [...EAST, [/[，“”]/, 'Chinese punctuation'], [/(?<!です|ます|ません|ください|\})。/, 'neither です nor ます']],
  'zh-Hans': [...EAST, [/[「」選擇設權訊資網頁儲關閉這個們與將會時還進發獲編輯無請後]/, 'writing of Taiwan'], [/你/, 'not 您']],
  'zh-Hant': [...EAST, [/[“”选择设权讯资网页储关闭这们与将会时还进发获编辑无请后]|信息|默認|軟件|標籤頁|隱私(?!權)/, 'writing of the mainland'], [/你/, 'not 您']],
  ko: [[/(?<!니다|십시오|\})\./, 'not 합니다']],
  vi: [[/(o[áàảãạ]|u[ỷỳỹ])(?!\p{L})/u, 'tone marks in two ways']],
  'pt-BR': [[/\b(tu|teus?|tuas?|ecrã|utilizador|registos?|contacto|ficheiro|guardar)\b/i, 'Portuguese of Portugal']],
  es: [[/\b(tú|tus?|vosotr[oa]s|vuestr[oa]s?|ordenador|computadora)\b/i, 'neither usted nor neutral']],
  fr: [[/[^\u00a0\u202f][:;!?»]|«[^\u00a0\u202f]/, 'no space that keeps punctuation on its line'], [/\b(tu|toi|ton|ta|tes)\b/i, 'not vous']],
  de: [[/\b(du|dich|dir|deine?[nrms]?|euch|eure[nrms]?)\b/i, 'not Sie']],
  en: [[/\b(behaviour|behavior|colour|color|cent(re|er))\b/i, 'spelling of one country']],
};

for (const language of languages)
  test(`${language}: is written as its readers write it`, () => {
    for (const [key, message] of Object.entries(read(language))) {
      // What braces hold is of no language, or one word.
      const words = message.replace(/\{[^}]*\}/g, '{}');
      for (const [pattern, told] of [[/["']|\.\.\.| {2}/, 'a typewriter’s quotes, dots or spaces'], ...FOREIGN[language]])
        assert.doesNotMatch(words, pattern, `${key}: ${told}`);
      assert.equal(message, message.normalize('NFC'), `${key}: letters put together of parts`);
    }
  });

test('a term is one term: what is said on a button is said of what it did', () => {
  // By language: what “accept” and “reject” begin with, wherever they are told.
  const TERMS = {
    ja: ['許可', '拒否'], en: ['accept|allow', 'reject'], de: ['erlaub', 'ab(?:ge)?lehn'], es: ['acepta', 'rechaza'], fr: ['accept', 'refus'], 'pt-BR': ['aceit', 'rejeita'],
    ko: ['허용', '거부'], vi: ['đồng ý', 'từ chối'], 'zh-Hans': ['允许', '拒绝'], 'zh-Hant': ['允許', '拒絕'],
  };
  for (const language of languages) {
    const messages = read(language);
    const [yes, no] = TERMS[language].map((term) => new RegExp(term, 'i'));
    for (const key of ['common.acceptAll', 'preferences.count', 'record.granted']) assert.match(messages[key], yes, `${language}: ${key}`);
    for (const key of ['common.rejectAll', 'record.denied', 'record.run']) assert.match(messages[key], no, `${language}: ${key}`);
    assert.equal(messages['embeds.privacy'], messages['preferences.privacy'], language);
  }
});

test('each key is used, and by the layer that it is sent with', () => {
  const code = (part) =>
    readdirSync(join(sources, part))
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(join(sources, part, name), 'utf8'))
      .join('\n');
  const [banner, preferences, record, embeds] = [code('banner'), code('preferences'), code('record'), code('embeds')];
  // What of a vendor has changed is named by the service.
  const service = readFileSync(join(repository, 'server/bundle/preferences.go'), 'utf8').replaceAll('"', "'");
  const used = { banner: [banner], preferences: [preferences, record, service], record: [record], embeds: [embeds], common: [banner, preferences] };
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
  assert.equal(list('zh-Hant', ['a', 'b']), 'a、b');
  assert.equal(list('en', ['a', 'b', 'c']), 'a, b, c');
});
