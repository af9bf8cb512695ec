// The gate as a guest: page code sees what it would see without it, held calls fail as a network fails, and neither
// the page's names nor its policies get in the way.
import assert from 'node:assert/strict';
import { onPageOf, ran, world } from './harness.mjs';

const { open, host, bodies } = await world();
const A = 'https://a.example';
const script = (code) => `<script>${code}</script>`;

const on = onPageOf(open);

on('fetch rejects with an AbortError', {}, async (visit, page) => {
  for (const input of ['"https://a.example/1"', 'new URL("https://a.example/1")', 'new Request("https://a.example/1")']) {
    const error = await page.evaluate(`fetch(${input}).catch((e) => [e instanceof DOMException, e.name])`);
    assert.deepEqual(error, [true, 'AbortError'], input);
  }
});

on('XMLHttpRequest fires error and loadend later, and throws where it is synchronous', {}, async (visit, page) => {
  const seen = await page.evaluate((url) => new Promise((resolve) => {
    const log = [];
    const request = new XMLHttpRequest();
    for (const type of ['readystatechange', 'load', 'error', 'loadend']) request.addEventListener(type, () => log.push(type + request.readyState + request.status));
    request.onloadend = () => resolve(log);
    request.open('POST', url);
    request.setRequestHeader('X-Test', '1');
    request.send('x');
    log.push('sent');
  }), `${A}/1`);
  assert.ok(seen.includes('error40') && seen.at(-1) === 'loadend40' && !seen.some((one) => /^load\d/.test(one)), `${seen}`);
  const name = await page.evaluate((url) => { const r = new XMLHttpRequest(); r.open('GET', url, false); try { r.send(); } catch (e) { return e.name; } }, `${A}/1`);
  assert.equal(name, 'NetworkError');
});

on('sendBeacon returns false, WebSocket fires error and close, EventSource is closed, a form goes nowhere', {}, async (visit, page) => {
  assert.equal(await page.evaluate((url) => navigator.sendBeacon(url, 'x'), `${A}/1`), false);
  assert.deepEqual(await page.evaluate(() => new Promise((resolve) => {
    const socket = new WebSocket('wss://a.example/1');
    const log = [socket instanceof WebSocket, WebSocket.OPEN];
    socket.onerror = () => log.push('error');
    socket.onclose = () => resolve([...log, socket.readyState]);
  })), [true, 1, 'error', 3]);
  assert.equal(await page.evaluate((url) => new Promise((resolve) => { const source = new EventSource(url); source.onerror = () => resolve(source.readyState); }), `${A}/1`), 2);
  await page.evaluate((url) => { const form = document.createElement('form'); form.action = url; document.body.append(form); form.submit(); form.requestSubmit(); }, `${A}/1`);
  await visit.settle();
  assert.equal(page.url(), `${host.origin}/page`);
  assert.deepEqual(visit.requests(), []);
  assert.deepEqual((await visit.report('held')).map((tag) => tag.kind), ['beacon', 'WebSocket', 'EventSource', 'form', 'form']);
});

on('a form that the page handles itself is left to the page', { body: script(`
    var f = document.createElement('form'); f.action = '${A}/1'; document.body.append(f); f.onsubmit = function (e) { e.preventDefault(); ran.push('handled') }; f.requestSubmit()`) },
  async (visit) => assert.deepEqual(await visit.ran(), ['handled']));

on('calls that nobody holds behave as ever', {}, async (visit, page) => {
  const seen = await page.evaluate(async () => {
    const text = document.createTextNode('x');
    const name = (fn) => { try { return fn(); } catch (e) { return `${e.name}: ${e.message}`; } };
    const form = document.createElement('form');
    return {
      append: document.body.appendChild(text) === text,
      before: document.body.insertBefore(form, null) === form,
      nothing: name(() => document.body.appendChild()),
      wrong: name(() => document.body.appendChild('x')),
      own: name(() => text.appendChild(form)),
      illegal: name(() => Node.prototype.appendChild.call({}, text)),
      attribute: name(() => form.setAttribute('<', 1)),
      few: name(() => form.setAttribute('src')),
      construct: name(() => WebSocket('wss://x.example')),
      undefinedResult: document.body.append('y'),
      html: (document.body.lastChild.parentNode.innerHTML = '<p>1</p>'),
      length: [Node.prototype.appendChild.length, Node.prototype.appendChild.name, WebSocket.name, XMLHttpRequest.prototype.open.length],
      native: /\[native code\]/.test(Function.prototype.toString.call(Element.prototype.setAttribute)),
      enumerable: Object.keys(window).filter((key) => /sekisho/i.test(key)),
      audio: new Audio() instanceof HTMLAudioElement,
      fetch: await (await fetch('/sentinel')).status,
      subclass: new (class extends EventTarget {})() instanceof EventTarget,
      toggled: document.body.toggleAttribute('hidden'),
      once: (() => { let n = 0; const t = new EventTarget(); const f = () => n++; t.addEventListener('x', f, { once: true }); t.dispatchEvent(new Event('x')); t.dispatchEvent(new Event('x')); return n; })(),
    };
  });
  const plain = await visit.context.newPage();
  await plain.goto(`${host.origin}/empty`);
  const wanted = await plain.evaluate(() => {
    const text = document.createTextNode('x');
    const name = (fn) => { try { return fn(); } catch (e) { return `${e.name}: ${e.message}`; } };
    const form = document.createElement('form');
    return { nothing: name(() => document.body.appendChild()), wrong: name(() => document.body.appendChild('x')), own: name(() => text.appendChild(form)),
      illegal: name(() => Node.prototype.appendChild.call({}, text)), attribute: name(() => form.setAttribute('<', 1)), few: name(() => form.setAttribute('src')), construct: name(() => WebSocket('wss://x.example')) };
  });
  assert.deepEqual(seen, { append: true, before: true, undefinedResult: undefined, html: '<p>1</p>', length: [1, 'appendChild', 'WebSocket', 2], native: true,
    enumerable: [], audio: true, fetch: 204, subclass: true, toggled: true, once: 1, ...wanted });
});

const clobbers = '<img name="currentScript"><img name="baseURI"><img name="querySelectorAll"><img name="addEventListener"><form id="sekisho" name="test2"><input name="nodeType"><input name="action"><input name="localName"><input name="getAttribute"><input name="parentNode"></form><form name="readyState"></form><a id="MutationObserver"></a>';
on('names of elements hide nothing from the gate', { body: `${clobbers}<img src="${A}/1.gif">${script(`
    var s = document.createElement('script'); s.src = '${A}/1.js'; document.forms[0].append(s);
    new Image().src = '${A}/2.gif'; document.write('<img src=${A}/3.gif>');
    var f = document.createElement('form'); f.innerHTML = '<input name=nodeType><input name=querySelectorAll>'; document.body.append(f); `)}` },
  async (visit) => {
    await visit.settle();
    assert.deepEqual(visit.requests().filter((path) => path !== '/1.gif'), []);
    await visit.grant('a');
    await ran(visit, 1);
    await visit.settle();
    assert.deepEqual([...new Set(visit.requests())].sort(), ['/1.gif', '/1.js', '/2.gif', '/3.gif']);
  });

on('what the page has frozen before, it keeps; the rest is held', { before: script('Object.freeze(Node.prototype); Object.freeze(HTMLImageElement.prototype)'), body: script(`
    var s = document.createElement('script'); s.src = '${A}/1.js'; document.body.append(s); document.body.appendChild(document.createElement('p'))`) },
  async (visit) => assert.deepEqual(visit.requests(), []));

on('what the page replaces later lets nothing through', { body: script(`
    Element.prototype.getAttribute = Element.prototype.setAttribute = Element.prototype.matches = Element.prototype.remove = Node.prototype.insertBefore = function () { throw new Error('mine') };
    URL = null; var s = document.createElement('script'); s.src = '${A}/1.js'; document.body.append(s)`) },
  async (visit) => {
    assert.deepEqual(visit.requests(), []);
    await visit.grant('a');
    await visit.settle();
  });

on('a second copy of the tag does nothing', { head: '<script src="/gate.js"></script>', body: script(`var s = document.createElement('script'); s.src = '${A}/1.js'; document.body.append(s)`) },
  async (visit, page) => {
    assert.equal(await page.evaluate(() => window.test.gate.queue.size), 1);
    assert.deepEqual(visit.requests(), []);
  });

on('unknown hosts pass and are reported once for each kind', { body: script(`
    new Image().src = 'https://x.example/1.gif'; new Image().src = 'https://x.example/2.gif'; navigator.sendBeacon('https://x.example/3'); new Image().src = '/own.gif'; new Image().src = 'https://cdn.own.example/4.gif';
    new Image().src = 'data:image/gif,'; new Image().src = 'blob:x'; document.createElement('iframe').src = 'javascript:1'; document.createElement('iframe').src = 'about:blank'`) },
  async (visit) => {
    assert.deepEqual(await visit.report('unknown'), ['img x.example', 'beacon x.example']);
    assert.deepEqual(visit.requests().sort(), ['/1.gif', '/2.gif', '/3', '/4.gif']);
    assert.deepEqual(await visit.report('held'), []);
  });
on('strict: unknown hosts are held and never let go; own hosts and links that fetch nothing pass', { head: '<link rel="canonical" href="https://x.example/">', body: script(`
    var s = document.createElement('script'); s.src = 'https://x.example/1.js'; document.body.append(s); new Image().src = 'https://cdn.own.example/2.gif'; fetch('https://x.example/3').catch(function () {});`) },
  async (visit, page) => {
    await visit.grant('a', 'b', 'c');
    await visit.settle();
    assert.deepEqual(visit.requests().filter((path) => !/^\/\d+$/.test(path)), ['/2.gif']);
    assert.deepEqual(await visit.report('held'), [{ vendor: -1, kind: 'script', url: 'https://x.example/1.js' }, { vendor: -1, kind: 'fetch', url: 'https://x.example/3' }]);
    assert.deepEqual(await page.evaluate(() => [...window.test.gate.queue.values()].map((tag) => tag.vendor)), [-1]);
  }, { query: '?strict' });

const csp = (policy) => ({ headers: { 'content-security-policy': policy } });
const violations = `<script nonce="n">var violations = []; document.addEventListener('securitypolicyviolation', function (e) { violations.push(e.violatedDirective + ' ' + e.blockedURI) })</script>`;
on('under nonces and strict-dynamic: tags with the nonce run, markup without one runs nothing', {
    nonce: 'n',
    head: `${violations}<script nonce="n" src="${A}/1.js"></script><script src="${A}/no.js"></script>`,
    body: `<script nonce="n">var s = document.createElement('script'); s.src = '${A}/2.js'; document.body.append(s)</script>
      <script nonce="n" type="text/plain" data-vendor="a" src="${A}/3.js"></script><script type="text/plain" data-vendor="a" src="${A}/no.js"></script>
      <script nonce="n" type="text/plain" data-vendor="a">ran.push('inline')</script><script type="text/plain" data-vendor="a">ran.push('no')</script>
      <template data-vendor="a"><script nonce="n" src="${A}/4.js"></script><script src="${A}/no.js"></script></template>`,
  },
  async (visit, page) => {
    assert.deepEqual(await visit.ran(), []);
    await visit.grant('a');
    await ran(visit, 5);
    await visit.settle();
    assert.deepEqual(await visit.ran(), ['1', '2', '3', 'inline', '4']);
    assert.deepEqual(await page.evaluate('violations'), []);
  }, csp("script-src 'nonce-n' 'strict-dynamic'; object-src 'none'; base-uri 'none'"));

on('under Trusted Types: no sink of the gate’s own, what the page vouches for passes', {
    nonce: 'n', head: violations,
    body: `<script nonce="n" type="text/plain" data-vendor="a" src="${A}/1.js"></script><template data-vendor="a"><script nonce="n" src="${A}/2.js"></script><script nonce="n">ran.push('inline')</script></template>
      <iframe data-vendor="a" data-src="${A}/3.html"></iframe><script nonce="n">
      var p = trustedTypes.createPolicy('page', { createHTML: function (s) { return s }, createScriptURL: function (s) { return s }, createScript: function (s) { return s } });
      var main = document.getElementById('main');
      var s = document.createElement('script'); s.type = 'text/javascript'; s.src = p.createScriptURL('${A}/4.js'); main.append(s);
      var d = document.createElement('div'); d.innerHTML = p.createHTML('<b>own</b><img src="${A}/5.gif">'); main.append(d);
      var f = document.createElement('iframe'); f.srcdoc = p.createHTML('<img src="${A}/6.gif">'); main.append(f);
      document.dispatchEvent(new Event('load')); document.dispatchEvent(new Event('submit', { bubbles: true }));
      try { d.innerHTML = '<b>text</b>' } catch (e) { var refused = e.name }</script>`,
  },
  async (visit, page) => {
    await visit.settle();
    assert.deepEqual(visit.requests(), []);
    assert.equal(await page.evaluate('refused'), 'TypeError');
    const before = await page.evaluate('violations');
    await visit.grant('a');
    await ran(visit, 4);
    await visit.eventually('everything to be let go', () => !window.test.gate.queue.size);
    await visit.settle();
    assert.deepEqual(await visit.ran(), ['1', '2', 'inline', '4']);
    assert.deepEqual(visit.requests().sort(), ['/1.js', '/2.js', '/3.html', '/4.js', '/5.gif', '/6.gif']);
    assert.equal(before.length, 1, 'only the page’s own mistake');
    assert.deepEqual(await page.evaluate('violations'), before);
  }, csp("script-src 'nonce-n' 'strict-dynamic'; require-trusted-types-for 'script'; trusted-types page"));

on('jQuery’s way of inserting scripts survives', { body: script(`
    var main = document.getElementById('main'); var div = document.createElement('div'); div.innerHTML = '<img src=${A}/1.gif><script src="${A}/1.js"><\\/script>';
    var s = div.querySelector('script'); s.type = (s.getAttribute('type') !== null) + '/' + s.type; main.append.apply(main, div.childNodes);
    if (/^$|^module$|\\/(?:java|ecma)script/i.test(s.type.replace(/^(true|false)\\//, ''))) { var t = document.createElement('script'); t.src = s.src; document.head.appendChild(t).parentNode.removeChild(t) }`) },
  async (visit, page) => {
    assert.deepEqual(visit.requests(), []);
    assert.deepEqual(await page.evaluate(() => [...window.test.gate.queue.values()].map((tag) => tag.kind)), ['img', 'script']);
  });

on('pages of the site in frames keep what they do', { body: '<iframe src="/child"></iframe>' }, async (visit, page) => {
  await visit.settle();
  const child = page.frames().find((frame) => frame.url().endsWith('/child'));
  assert.equal(await child.evaluate(() => document.title), 'child');
  assert.deepEqual(visit.requests(), []);
});
host.pages['/child'] = `<!doctype html><script src="/gate.js"></script><title>child</title>${script(`new Image().src = '${A}/1.gif'`)}`;
bodies.set('/x', { type: 'text/plain', body: '' });
