// Which language a visitor reads: the page's, else the first of the browser's that the site speaks; the service records it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { site } from './lib/service.mjs';
import { suite } from './lib/suite.mjs';
import { pageOf } from './lib/visit.mjs';

const { host, service, visitor } = await suite();
const ALL = ['ja', 'en', 'zh-Hans', 'zh-Hant', 'ko', 'vi', 'pt-BR', 'es', 'fr', 'de'];
const apply = (key, languages) => service.apply(site(key, [host.origin], ['criteo', 'youtube-embed'], { languages }));
await apply('many', ALL);
await apply('hans', ['ja', 'zh-Hans']);
await service.up();
for (const key of ['many', 'hans'])
  for (const lang of ['', 'ja', 'zh-HK', 'pt']) host.pages[`/${key}/${lang}`] = pageOf(service, key, { lang });

for (const [locale, path, language, reject] of [
  ['zh-TW', '/many/', 'zh-Hant', '全部拒絕'],
  ['zh-CN', '/many/', 'zh-Hans', '全部拒绝'],
  ['pt-PT', '/many/', 'pt-BR', 'Rejeitar tudo'],
  ['de-AT', '/many/', 'de', 'Alle ablehnen'],
  ['th-TH', '/many/', 'ja', 'すべて拒否'],
  // The page knows better than the browser.
  ['de-DE', '/many/ja', 'ja', 'すべて拒否'],
  ['de-DE', '/many/zh-HK', 'zh-Hant', '全部拒絕'],
  ['de-DE', '/many/pt', 'pt-BR', 'Rejeitar tudo'],
  // The other script is better than another language.
  ['zh-TW', '/hans/', 'zh-Hans', '全部拒绝'],
])
  test(`${locale} on ${path}: ${language}`, visitor(`language ${locale} ${path}`, async (visit) => {
    const files = [];
    visit.page.on('request', (request) => files.push(/\/((?:banner|preferences|embeds)\.[^.]+)\.js/.exec(request.url())?.[1]));
    await visit.open(host.origin + path);
    await visit.banner().waitFor();
    assert.equal(await visit.action('reject-all').innerText(), reject);
    assert.equal(await visit.banner().evaluate((e) => e.closest('[lang]').lang), language);
    await visit.choose('reject-all');
    await visit.untilRecorded();
    // Only the language in use is sent.
    assert.deepEqual(files.filter(Boolean), ['banner.' + language]);
    assert.deepEqual(visit.errors, []);
  }, { locale }));
