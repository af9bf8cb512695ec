// The product as a guest in pages that make it hard: through both layers, a decision and a reload, as a visitor goes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shop } from './gate/ways.mjs';
import { suite } from './lib/suite.mjs';
import { until } from './lib/until.mjs';
import { listener, pageOf } from './lib/visit.mjs';

const A = 'https://a.example/1.js';
const { host, service, visitor } = await suite({
  answer: ({ host, path }) => (path.endsWith('.js') ? { type: 'text/javascript', body: `window.ran.push('${host.split('.')[0]}')` } : undefined),
});
await service.apply(shop('shop', [host.origin]), shop('other', [host.origin]), { ...shop('strict', [host.origin]), vendors: [...shop('strict', [host.origin]).vendors, { id: 'youtube-embed' }] });
await service.up();

const script = (code) => `<script>${code}</script>`;
const insert = script(`(function (s) { s.src = '${A}'; document.head.appendChild(s) })(document.createElement('script'))`);
const tag = `<script src="${service.url}/s/shop.js"></script>`;

/** Through both layers, with a decision about a purpose, and a reload; and back. */
async function walk(visit, path) {
  await visit.open(host.origin + path);
  await visit.untilHeld(['a']);
  await visit.banner().waitFor();
  await visit.action('preferences').click();
  await visit.part('[data-purpose="analytics"]').click();
  await visit.action('save').click();
  await visit.action('save').waitFor({ state: 'detached' });
  await visit.untilRan(['a']);
  const [recorded] = await visit.untilRecorded();
  assert.equal(recorded.error, undefined, JSON.stringify(recorded));
  assert.deepEqual(await visit.queue(), []);
  await visit.page.reload();
  await visit.untilRan(['a']);
  await visit.settle();
  assert.deepEqual(await visit.consents(), { a: 'granted', b: 'granted', c: 'granted' });
  assert.equal(await visit.banner().count(), 0);
  await visit.page.evaluate(() => window.sekisho.open());
  await visit.action('withdraw').click();
  await visit.untilRecorded();
  assert.deepEqual(await visit.consents(), { a: 'denied', b: 'denied', c: 'denied' });
  assert.deepEqual(visit.errors, []);
}

const harden = `(function () {
  var seen = new Set();
  (function freeze(value) {
    if (Object(value) !== value || seen.has(value)) return;
    seen.add(value);
    Object.freeze(value);
    freeze(Object.getPrototypeOf(value));
    var all = Object.getOwnPropertyDescriptors(value);
    Reflect.ownKeys(all).forEach(function (key) { freeze(all[key].value); freeze(all[key].get); freeze(all[key].set) });
  })([Object, Function, Array, String, Number, Boolean, Symbol, Date, RegExp, Map, Set, WeakMap, WeakSet, Promise, Proxy, Reflect, JSON, Math, Error, TypeError, URL, [][Symbol.iterator](),
    (async function () {}).constructor, (function* () {}).constructor]);
})();`;
const freezeDOM = 'Object.getOwnPropertyNames(window).forEach(function (name) { var one = /^[A-Z]/.test(name) && window[name]; if (one && one.prototype) Object.freeze(one.prototype) }); Object.freeze(document);';
const extend = `
  Object.prototype.extra = Array.prototype.extra = Function.prototype.extra = String.prototype.extra = function () { throw new Error('mine') };
  Array.from = function (list) { var all = []; for (var i = 0; i < list.length; i++) all.push(list[i]); return all };
  Function.prototype.bind = function (self) { var fn = this, more = [].slice.call(arguments, 1); return function () { return fn.apply(self, more.concat([].slice.call(arguments))) } };
  Array.prototype.find = function (fn) { for (var i = 0; i < this.length; i++) if (fn(this[i], i)) return this[i] };
  Element.prototype.remove = function () { this.parentNode && this.parentNode.removeChild(this) };
  window.$ = document.getElementById.bind(document); window.$$ = document.querySelectorAll.bind(document);`;
const json = `
  String.prototype.toJSON = function () { return '"' + this + '"' };
  Array.prototype.toJSON = function () { return '[' + this.map(function (one) { return JSON.stringify(one) }).join(', ') + ']' };
  Object.toJSON = JSON.stringify;`;
const NAMES = ['sekisho', 'body', 'head', 'activeElement', 'cookie', 'currentScript', 'readyState',
  'baseURI', 'title', 'hidden', 'visibilityState', 'addEventListener', 'dispatchEvent', 'write', 'writeln', 'open', 'close', 'contains', 'defaultView', 'styleSheets', 'fonts', 'prerendering'];
const clobber = NAMES.map((name, i) => [`<img name="${name}">`, `<form name="${name}"></form>`, `<img name="${name}" id="${name}">`][i % 3]).join('') +
  '<form id="sekisho"></form><a id="cookie"></a><a id="localStorage"></a><form id="Symbol"><input name="for"><input name="head"><input name="shadowRoot"></form><a id="fetch"></a><a id="navigator"></a><div id="title"></div>';

const PAGES = {
  'a plain page': pageOf(service, 'shop', { body: insert }),
  'intrinsics that are frozen before the tag': pageOf(service, 'shop', { before: script(harden), body: insert }),
  'intrinsics that are frozen after the tag': pageOf(service, 'shop', { head: script(harden), body: insert }),
  'the DOM’s prototypes frozen after the tag': pageOf(service, 'shop', { head: script(freezeDOM), body: insert }),
  'prototypes that are extended before the tag': pageOf(service, 'shop', { before: script(extend), body: insert }),
  'prototypes that are extended after the tag': pageOf(service, 'shop', { head: script(extend), body: insert }),
  'a toJSON on built-in prototypes': pageOf(service, 'shop', { head: script(json), body: insert }),
  'names of elements': pageOf(service, 'shop', { body: insert + clobber }),
  'the tag twice': pageOf(service, 'shop', { head: tag, body: tag + insert }),
  'tags of two sites': pageOf(service, 'shop', { head: `<script src="${service.url}/s/other.js"></script>`, body: insert }),
  'the tag in the body': `<!doctype html><html lang="ja"><head><title>試験の店</title></head><body><h1>試験の店</h1>${tag}${listener}${insert}</body></html>`,
  'a base elsewhere': pageOf(service, 'shop', { before: '<base href="https://elsewhere.example/x/" target="_blank">', body: insert }),
};
for (const [i, [name, page]] of Object.entries(PAGES).entries()) {
  host.pages[`/${i}`] = page;
  test(name, visitor(name, (visit) => walk(visit, `/${i}`)));
}

const nonce = 'bm9uY2U';
/** Whatever the page's policy refuses, in any of its documents. */
const violations = `<script nonce="${nonce}">window.refused = []; document.addEventListener('securitypolicyviolation', function (e) { refused.push(e.violatedDirective + ' ' + e.blockedURI + ' ' + e.sample) })</script>`;
host.pages['/strict'] = () => ({
  headers: { 'content-security-policy': `default-src 'none'; script-src 'nonce-${nonce}' 'strict-dynamic'; style-src 'self'; connect-src ${service.url}; img-src https://sentinel.example; frame-src https://www.youtube.com; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'` },
  body: pageOf(service, 'strict', {
    before: violations, attributes: `nonce="${nonce}"`,
    body: `<script nonce="${nonce}" type="text/plain" data-vendor="a" src="${A}"></script><script nonce="${nonce}" type="text/plain" data-vendor="a">ran.push('inline')</script>
      <template data-vendor="b"><script nonce="${nonce}" src="https://b.example/1.js"></script></template>
      <iframe data-vendor="youtube-embed" data-src="https://www.youtube.com/embed/one" title="題名" width="560" height="315"></iframe>`,
  }),
});
test('a strict page: nonce, strict-dynamic, style-src self, Trusted Types and no policy of them allowed: nothing is refused', visitor('strict', async (visit) => {
  const refused = () => visit.page.evaluate(() => window.refused);
  await visit.open(`${host.origin}/strict`);
  await visit.banner().waitFor();
  await visit.action('preferences').click();
  await visit.action('save').waitFor();
  await visit.action('accept-all').click();
  await visit.untilRan(['a', 'inline', 'b']);
  await visit.untilRecorded();
  await visit.page.locator('#settings').click();
  await visit.action('record').click();
  const record = visit.part('dialog[part=record]');
  await record.locator('li').first().waitFor();
  const download = visit.page.waitForEvent('download');
  await record.locator('[data-action="download"]').click();
  await (await download).delete();
  await record.locator('[data-action="close"]').click();
  await visit.page.keyboard.press('Escape');
  assert.deepEqual(await refused(), []);

  await visit.page.evaluate(() => window.sekisho.withdraw());
  await visit.untilRecorded(2);
  await visit.page.reload();
  const shown = visit.page.locator('sekisho-embed [data-action="load-once"]');
  await shown.click();
  await shown.waitFor({ state: 'detached' });
  await visit.settle();
  assert.deepEqual(await visit.ran(), []);
  assert.deepEqual(await refused(), []);
  assert.deepEqual(visit.errors, []);
}));

/** What a page can see of the globals: own names of window and document, and all of every built-in's. */
const census = () => {
  const descriptors = (owner, object) => Reflect.ownKeys(object).map((key) => {
    const { value, get, set, enumerable, configurable, writable } = Reflect.getOwnPropertyDescriptor(object, key);
    const about = (fn) => (typeof fn === 'function' ? [fn.name, fn.length, /\[native code\]/.test(Function.prototype.toString.call(fn))] : typeof fn);
    return [`${owner}.${String(key)}`, JSON.stringify([about(value), about(get), about(set), enumerable, configurable, writable])];
  });
  const builtins = Object.getOwnPropertyNames(window).filter((name) => /^[A-Z]/.test(name) && window[name]);
  return {
    window: Reflect.ownKeys(window).map(String),
    document: Reflect.ownKeys(document).map(String),
    keys: [Object.keys(window).filter((name) => name !== 'sekisho'), Object.keys(document)],
    builtins: builtins.flatMap((name) => [...(Object(window[name]) === window[name] ? descriptors(name, window[name]) : []), ...(window[name].prototype ? descriptors(`${name}.prototype`, window[name].prototype) : [])]),
  };
};
host.pages['/nothing'] = '<!doctype html><script>window.ran = []; window.seen = {}</script>';
host.pages['/census'] = `<!doctype html>${tag}<script>window.ran = []; window.seen = {}; sekisho.on('recorded', function () { seen.recorded = 1 })</script>${insert}`;
test('no global but sekisho, and built-ins that look as ever, through every layer', visitor('globals', async (visit) => {
  await visit.open(`${host.origin}/nothing`);
  const before = await visit.page.evaluate(census);
  const same = async (when, more = {}) => {
    const now = await visit.page.evaluate(census);
    const names = (list, known) => list.filter((name) => !known.includes(name));
    assert.deepEqual(names(now.window, before.window).toSorted(), ['Symbol(sekisho)', ...(more.window ?? []), 'sekisho'], `window, ${when}`);
    assert.deepEqual(names(now.document, before.document), more.document ?? [], `document, ${when}`);
    assert.deepEqual(now.keys, before.keys, `what loops see, ${when}`);
    assert.deepEqual(now.builtins, before.builtins, `built-ins, ${when}`);
  };
  await visit.open(`${host.origin}/census`);
  await visit.banner().waitFor();
  await same('under the banner');
  await visit.action('preferences').click();
  await visit.action('save').waitFor();
  await same('under the preferences');
  await visit.action('accept-all').click();
  await visit.untilRan(['a']);
  await until('the record', () => visit.page.evaluate(() => window.seen.recorded));
  await same('after a release', { window: ['addEventListener'], document: ['addEventListener', 'write', 'writeln', 'open', 'close'] });
}));

const refuse = {
  'storage and cookies that throw': () => {
    const no = () => { throw new DOMException('refused', 'SecurityError'); };
    for (const name of ['localStorage', 'sessionStorage', 'indexedDB', 'caches']) Object.defineProperty(window, name, { get: no, configurable: true });
    Object.defineProperty(Document.prototype, 'cookie', { get: no, set: no, configurable: true });
    Object.defineProperty(Navigator.prototype, 'locks', { get: no, configurable: true });
  },
  'a storage without room, and cookies that are dropped': () => {
    Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };
    Object.defineProperty(Document.prototype, 'cookie', { get: () => '', set() {}, configurable: true });
  },
  'a storage that is not there': () => {
    Object.defineProperty(window, 'localStorage', { value: null });
    Object.defineProperty(Document.prototype, 'cookie', { get: () => '', set() {}, configurable: true });
  },
};
host.pages['/refused'] = pageOf(service, 'shop', { body: insert });
for (const [name, before] of Object.entries(refuse))
  test(`${name}: the decision counts for this page, and the next one asks again`, visitor(name, async (visit) => {
    const said = [];
    visit.page.on('console', (message) => /error|warning/.test(message.type()) && said.push(message.text()));
    await visit.context.addInitScript(before);
    await visit.open(`${host.origin}/refused`);
    await visit.choose('accept-all');
    await visit.untilRan(['a']);
    await visit.untilRecorded();
    assert.deepEqual(await visit.consents(), { a: 'granted', b: 'granted', c: 'granted' });
    await visit.page.evaluate(() => dispatchEvent(new Event('visibilitychange')));
    await visit.page.locator('#settings').click();
    await visit.action('withdraw').click();
    await visit.untilRecorded(2);
    assert.deepEqual(await visit.consents(), { a: 'denied', b: 'denied', c: 'denied' });
    await visit.page.reload();
    await visit.banner().waitFor();
    assert.deepEqual(await visit.ran(), []);
    assert.deepEqual(visit.errors, []);
    assert.deepEqual(said, []);
  }));

const inner = `<!doctype html><html lang="ja"><head><meta charset="utf-8">${tag}${listener}</head><body>${insert}</body></html>`;
const quoted = (html) => html.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
host.pages['/inner'] = inner;
const size = 'width="900" height="600"';
const FRAMES = {
  'a frame of the same origin': `<iframe ${size} src="/inner"></iframe>`,
  'a frame of another origin': `<iframe ${size} src="${host.origin.replace('127.0.0.1', 'localhost')}/inner"></iframe>`,
  'a frame with srcdoc': `<iframe ${size} srcdoc="${quoted(inner)}"></iframe>`,
  'a sandboxed frame': `<iframe ${size} sandbox="allow-scripts" src="/inner"></iframe>`,
  'a sandboxed frame with srcdoc': `<iframe ${size} sandbox="allow-scripts" srcdoc="${quoted(inner)}"></iframe>`,
};
for (const [i, [name, frame]] of Object.entries(FRAMES).entries()) {
  host.pages[`/frame-${i}`] = `<!doctype html><title>外</title><p>外</p>${frame}`;
  test(`${name}: asks in there, and acts on what is decided`, visitor(name, async (visit) => {
    await visit.open(`${host.origin}/frame-${i}`);
    const inside = visit.page.frames()[1];
    const ran = () => inside.evaluate(() => window.ran);
    await inside.locator('#sekisho [data-action="accept-all"]').waitFor();
    assert.deepEqual(await ran(), []);
    await inside.locator('#sekisho [data-action="accept-all"]').click();
    await until('the tag to run', async () => (await ran()).includes('a'));
    assert.deepEqual(await inside.evaluate(() => window.sekisho.consents()), { a: 'granted', b: 'granted', c: 'granted' });
    await inside.evaluate(() => window.sekisho.withdraw());
    assert.deepEqual(await inside.evaluate(() => window.sekisho.consents()), { a: 'denied', b: 'denied', c: 'denied' });
    assert.deepEqual(visit.errors, []);
  }));
}

host.pages['/xhtml'] = () => ({
  headers: { 'content-type': 'application/xhtml+xml' },
  body: `<html xmlns="http://www.w3.org/1999/xhtml" lang="ja" xml:lang="ja"><head><title>試験の店</title><script src="${service.url}/s/shop.js"></script>${listener.replace('<script>', '<script>//<![CDATA[\n').replace('</script>', '//]]></script>')}</head>
    <body><h1>試験の店</h1><div id="main"></div>${insert}<script>document.getElementById('main').innerHTML = '<p>x<img src="https://a.example/1.gif" alt=""/></p>'</script></body></html>`,
});
test('an XHTML page', visitor('xhtml', async (visit) => {
  await walk(visit, '/xhtml');
}));
