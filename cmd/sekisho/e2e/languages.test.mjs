// Which language a visitor reads: the page's, else the first of the browser's that the site speaks; the service records it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { site } from './lib/service.mjs';
import { suite } from './lib/suite.mjs';
import { until } from './lib/until.mjs';
import { pageOf } from './lib/visit.mjs';

const { host, service, visitor } = await suite();
const ALL = ['ja', 'en', 'zh-Hans', 'zh-Hant', 'ko', 'vi', 'pt-BR', 'es', 'fr', 'de'];
const apply = (key, languages) => service.apply(site(key, [host.origin], ['criteo', 'youtube-embed'], { languages }));
await apply('many', ALL);
await apply('hans', ['ja', 'zh-Hans']);
const OWN = { ja: { 'banner.title': '当店からのご案内' }, en: { 'banner.title': 'A word from our shop' } };
await service.apply(site('own', [host.origin], ['criteo'], { languages: ['ja', 'en', 'de'], texts: OWN }), site('german', [host.origin], ['criteo'], { languages: ['de'] }));
await service.up();
for (const key of ['many', 'hans', 'own', 'german'])
  for (const lang of ['', 'ja', 'en', 'de', 'zh-HK', 'pt']) host.pages[`/${key}/${lang}`] = pageOf(service, key, { lang });

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
  // What the site does not speak, nobody reads on it, whatever page and browser say.
  ['ja-JP', '/german/ja', 'de', 'Alle ablehnen'],
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

for (const [lang, title] of [['ja', OWN.ja['banner.title']], ['en', OWN.en['banner.title']], ['de', 'Datenübermittlung an Drittanbieter']])
  test(`a site's own words are said in the language that they are of, and sent with no other: ${lang}`, visitor(`own words ${lang}`, async (visit) => {
    let sent = '';
    visit.page.on('response', async (response) => { if (/\/banner\./.test(response.url())) sent += await response.text(); });
    await visit.open(`${host.origin}/own/${lang}`);
    await visit.banner().waitFor();
    assert.equal(await visit.part('h2').innerText(), title);
    await until('the banner’s file', () => sent);
    for (const other of Object.keys(OWN)) assert.equal(sent.includes(OWN[other]['banner.title']), other === lang, other);
    assert.equal(/[ぁ-ん]/.test(sent), lang === 'ja', 'no word of Japanese elsewhere');
  }));
