import assert from 'node:assert/strict';
import { test } from 'node:test';
import { suited } from './suited';

const ALL = ['ja', 'en', 'zh-Hans', 'zh-Hant', 'ko', 'vi', 'pt-BR', 'es', 'fr', 'de'];

for (const [wanted, want, languages = ALL] of [
  ['zh-Hans', 'zh-Hans'],
  ['zh-CN', 'zh-Hans'],
  ['zh-SG', 'zh-Hans'],
  ['zh', 'zh-Hans'],
  ['zh-Hans-HK', 'zh-Hans'],
  ['en-HK', 'en'],
  ['zh-Hant', 'zh-Hant'],
  ['zh-TW', 'zh-Hant'],
  ['zh-HK', 'zh-Hant'],
  ['zh-MO', 'zh-Hant'],
  ['zh-Hant-TW', 'zh-Hant'],
  ['ZH-tw', 'zh-Hant'],
  // One script alone is better than another language.
  ['zh-TW', 'zh-Hans', ['ja', 'zh-Hans']],
  ['zh-CN', 'zh-Hant', ['ja', 'zh-Hant']],
  ['pt', 'pt-BR'],
  ['pt-BR', 'pt-BR'],
  ['pt-PT', 'pt-BR'],
  ['JA', 'ja'],
  ['ja-JP', 'ja'],
  ['fr-CA', 'fr'],
  ['de-AT', 'de'],
  // Other languages whose tags begin alike.
  ['fil', undefined],
  ['kok', undefined],
  ['est', undefined],
  ['ptx', undefined],
  // No tags at all.
  ['', undefined],
  ['ja_JP', undefined],
  ['constructor', undefined],
] as [string, string | undefined, string[]?][])
  test(`${wanted || '""'} of ${languages.join()}: ${want}`, () => {
    assert.equal(suited(languages, [wanted]), want);
  });

test('the order is that of the wanted languages', () => {
  assert.equal(suited(ALL, ['', 'th', 'zh-TW', 'zh', 'en-US']), 'zh-Hant');
  assert.equal(suited(ALL, ['en-US', 'zh-TW']), 'en');
  assert.equal(suited(['ja', 'zh-Hans'], ['zh-TW', 'ja']), 'zh-Hans');
  assert.equal(suited(ALL, ['th', 'xx']), undefined);
  assert.equal(suited(ALL, []), undefined);
});
