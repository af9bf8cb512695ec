// Every way in which a tag can come, and what is promised for it. The suite asserts just that, so that the table which
// it prints is measured.
//
// A row: name, group; `promise`: by way of pasting (ways.mjs), or one for all of them. A way that it leaves out promises
// 'no request'. 'not executed': requests leave, and nothing of the vendor's runs before a choice. 'cannot be prevented':
// what the request brings is used. What brings the tag: `script` (runs in the body, behind the gate), `before` (in front
// of the tag), `head` or `body` (markup); `click`: the visitor clicks #act. `requests`: paths that arrive after the grant,
// each once; `ran`: what runs after the grant, each once. `maybe`: what may come besides. `ordered: false` where the browser itself promises no order.
// `varies`: ways in which Chromium asks for it now and then. `leaves`: the page goes elsewhere.
// Rows without requests are calls: they fail, and are not made up for on a grant.
import { marked, standing } from './static.mjs';

const A = 'https://a.example';
const SVG = "'http://www.w3.org/2000/svg'";

/** A script element in `s`, not inserted. */
const made = `var s = document.createElement('script'); s.src = '${A}/1.js';`;
const main = "var main = document.getElementById('main');";
const markup = `<div><img src="${A}/1.gif" alt=""></div>`;
const html = `var html = '${markup}';`;

/** One script element, by the given way in. */
const insertion = (name, way) => ({ group: 'a script element, by', name, promise: 'no request', script: `${made}${main}${way}`, requests: ['/1.js'], ran: ['1'] });
const bringing = (group, name, script, ...requests) => ({
  group, name, promise: 'no request', script: main + script, requests,
  ran: requests.filter((path) => path.endsWith('.js')).map((path) => path.slice(1, -3)),
});

/** What no script in the page can stop before it happens; a policy can. */
const beyond = (group, name, script, ran = []) => ({ group, name, promise: { tag: 'cannot be prevented', sealed: 'cannot be prevented', marked: 'cannot be prevented' }, script: main + script, ran });
const worker = (code) => `new Worker(URL.createObjectURL(new Blob([\`${code}\`])))`;

export const rows = [
  insertion('appendChild', 'main.appendChild(s)'),
  insertion('insertBefore the first script', 'var f = document.getElementsByTagName("script")[0]; f.parentNode.insertBefore(s, f)'),
  insertion('replaceChild', 'var d = main.appendChild(document.createElement("div")); main.replaceChild(s, d)'),
  insertion('append', 'main.append("text", s)'),
  insertion('prepend', 'main.prepend(s)'),
  insertion('before', 'main.before(s)'),
  insertion('after', 'main.after(s)'),
  insertion('replaceWith', 'main.replaceWith(s)'),
  insertion('replaceChildren', 'main.replaceChildren(s)'),
  insertion('Text.after', 'main.append("text"); main.firstChild.after(s)'),
  insertion('insertAdjacentElement', 'main.insertAdjacentElement("afterend", s)'),
  insertion('a fragment', 'var f = document.createDocumentFragment(); f.append(document.createElement("p"), s); main.append(f)'),
  insertion('Range.insertNode', 'var r = document.createRange(); r.selectNodeContents(main); r.insertNode(s)'),
  insertion('Range.surroundContents', 'main.append("text"); var r = document.createRange(); r.selectNodeContents(main); r.surroundContents(s)'),
  insertion('insertBefore of a subtree', 'var d = document.createElement("div"); d.append(s); main.insertBefore(d, null)'),
  insertion('src set after insertion', 's.removeAttribute("src"); main.append(s); s.src = "https://a.example/1.js"'),
  insertion('setAttribute after insertion', 's.removeAttribute("src"); main.append(s); s.setAttribute("SRC", "//a.example/1.js".replace(/^/, "https:"))'),
  insertion('setAttributeNS after insertion', 's.removeAttribute("src"); main.append(s); s.setAttributeNS(null, "src", "https://a.example/1.js")'),
  insertion('setAttributeNode after insertion', 's.removeAttribute("src"); main.append(s); var n = document.createAttribute("src"); n.value = "https://a.example/1.js"; s.setAttributeNode(n)'),
  insertion('Attr.value after insertion', 's.src = ""; s.removeAttribute("src"); var n = document.createAttribute("src"); n.value = ""; main.append(document.createElement("p")); s.setAttributeNode(n); n.value = "https://a.example/1.js"; main.append(s)'),
  insertion('src set in a detached tree, then inserted', 's.removeAttribute("src"); var d = document.createElement("div"); d.append(s); s.src = "https://a.example/1.js"; main.append(d)'),
  insertion('cloneNode of a held script', 'var c = s.cloneNode(); main.append(c)'),
  insertion('importNode from a template', 'var t = document.createElement("template"); t.content.append(s); main.append(document.importNode(t.content, true))'),
  insertion('a node adopted from a DOMParser document', 'var d = new DOMParser().parseFromString("<p></p>", "text/html"); var n = d.createElement("script"); n.src = s.src; main.append(document.adoptNode(n))'),
  insertion('createContextualFragment', `var r = document.createRange(); main.append(r.createContextualFragment('<script src="${A}/1.js"><\\/script>'))`),
  insertion('an open shadow root', 'main.attachShadow({ mode: "open" }).append(s)'),
  insertion('a closed shadow root, attached later', 'var h = document.createElement("div"); h.attachShadow({ mode: "closed" }).append(s); main.append(h)'),
  insertion('a custom element that inserts it', 'customElements.define("x-tag", class extends HTMLElement { connectedCallback() { this.append(s); } }); main.append(document.createElement("x-tag"))'),
  insertion('async = true', 's.async = true; main.append(s)'),
  insertion('type="module"', 's.type = "module"; main.append(s)'),
  insertion('a click, a timer, a single-page navigation', 'history.pushState({}, "", "?next"); setTimeout(function () { main.append(s) })'),
  insertion('a node made in a frame of the page', 'var f = document.createElement("iframe"); main.append(f); var n = f.contentDocument.createElement("script"); n.src = s.src; main.append(n)'),
  insertion('prototypes of a frame of the page', 'var f = document.createElement("iframe"); main.append(f); f.contentWindow.Node.prototype.appendChild.call(main, s)'),
  bringing('scripts, by', 'an SVG script', `var g = document.createElementNS(${SVG}, "svg"); var s = document.createElementNS(${SVG}, "script"); s.setAttribute("href", "${A}/1.js"); g.append(s); main.append(g)`, '/1.js'),
  bringing('scripts, by', 'document.write', `document.write('<div><script src="${A}/1.js"><\\/script></div>')`, '/1.js'),
  bringing('scripts, by', 'document.writeln in pieces', `document.writeln("<script type='text/javascript' src=${A}/1.js>"); document.writeln("<\\/script>")`, '/1.js'),
  bringing('scripts, by', 'three snippets in a row', `[1, 2, 3].forEach(function (n) { var s = document.createElement("script"); s.src = "${A}/" + n + ".js"; main.append(s) })`, '/1.js', '/2.js', '/3.js'),
  { ...bringing('scripts, by', 'three async snippets', `[1, 2, 3].forEach(function (n) { var s = document.createElement("script"); s.async = 1; s.src = "${A}/" + n + ".js"; document.head.append(s) })`, '/1.js', '/2.js', '/3.js'), ordered: false },
  bringing('scripts, by', 'a preloading link, then a script', `var l = document.createElement("link"); l.rel = "preload"; l.as = "script"; l.href = "${A}/0.gif"; main.append(l); var s = document.createElement("script"); s.src = "${A}/1.js"; main.append(s)`, '/0.gif', '/1.js'),

  ...[
    ['innerHTML', 'main.innerHTML = html'],
    ['outerHTML', 'main.outerHTML = html'],
    ['insertAdjacentHTML', 'main.insertAdjacentHTML("beforeend", html)'],
    ['setHTMLUnsafe', 'main.setHTMLUnsafe(html)'],
    ['innerHTML of what is nowhere', 'document.createElement("div").innerHTML = html'],
    ['innerHTML, then append', 'var d = document.createElement("div"); d.innerHTML = html; main.append(d)'],
    ['ShadowRoot.innerHTML', 'main.attachShadow({ mode: "open" }).innerHTML = html'],
    ['createContextualFragment', 'main.append(document.createRange().createContextualFragment(html))'],
    ['a template, cloned', 'var t = document.createElement("template"); t.innerHTML = html; main.append(t.content.cloneNode(true))'],
    ['a template, imported', 'var t = document.createElement("template"); t.innerHTML = html; main.append(document.importNode(t.content, true))'],
    ['DOMParser, adopted', 'var d = new DOMParser().parseFromString(html, "text/html"); main.append(document.adoptNode(d.body.firstChild))'],
    ['DOMParser, appended', 'var d = new DOMParser().parseFromString(html, "text/html"); main.append(d.body.firstChild)'],
    ['document.write', 'document.write(html)'],
    ['execCommand', 'main.contentEditable = true; main.focus(); document.execCommand("insertHTML", false, html)'],
    ['markup of a held element', 'var d = document.createElement("p"); d.innerHTML = html; main.innerHTML = d.innerHTML'],
  ].map(([name, way]) => bringing('markup with an image, by', name, html + way, '/1.gif')),
  bringing('markup with', 'an iframe and a stylesheet', `main.innerHTML = '<iframe src="${A}/1.html"></iframe><link rel=stylesheet href=${A}/2.css>'`, '/1.html', '/2.css'),
  bringing('markup with', 'a script that cannot run', `main.innerHTML = '<script src="${A}/1.js"><\\/script>'`),
  bringing('markup with', 'odd quoting and case', `main.innerHTML = '<IMG alt=">" onload="1>0" SRC = \\'${A}/1.gif\\'><img/src=${A}/2.gif>'`, '/1.gif', '/2.gif'),

  bringing('images, by', 'new Image', `new Image().src = "${A}/1.gif"`, '/1.gif'),
  bringing('images, by', 'setAttribute', `document.createElement("img").setAttribute("src", "${A}/1.gif")`, '/1.gif'),
  bringing('images, by', 'srcset', `var i = new Image(); i.srcset = "/own.gif 2x, ${A}/srcset.gif 1x"; main.append(i)`, '/srcset.gif'),
  bringing('images, by', 'loading="lazy"', `var i = new Image(); i.loading = "lazy"; i.src = "${A}/1.gif"; main.append(i)`, '/1.gif'),
  bringing('images, by', 'picture and source', `var p = document.createElement("picture"); var s = document.createElement("source"); s.srcset = "${A}/1.gif"; p.append(s, new Image()); main.append(p)`, '/1.gif'),
  bringing('images, by', 'input type="image"', `var i = document.createElement("input"); i.type = "image"; i.src = "${A}/1.gif"; main.append(i)`, '/1.gif'),
  bringing('images, by', 'SVG image with href', `var g = document.createElementNS(${SVG}, "svg"); var i = document.createElementNS(${SVG}, "image"); i.setAttribute("href", "${A}/1.gif"); g.append(i); main.append(g)`, '/1.gif'),
  bringing('images, by', 'SVG image with xlink:href', `var g = document.createElementNS(${SVG}, "svg"); main.append(g); var i = document.createElementNS(${SVG}, "image"); g.append(i); i.setAttributeNS("http://www.w3.org/1999/xlink", "xlink:href", "${A}/1.gif")`, '/1.gif'),

  bringing('frames and media, by', 'iframe, src before insertion', `var f = document.createElement("iframe"); f.src = "${A}/1.html"; main.append(f)`, '/1.html'),
  bringing('frames and media, by', 'iframe, src after insertion', `var f = document.createElement("iframe"); main.append(f); f.src = "${A}/1.html"`, '/1.html'),
  bringing('frames and media, by', 'iframe with srcdoc', `var f = document.createElement("iframe"); f.srcdoc = '<img src="${A}/1.gif">'; main.append(f)`, '/1.gif'),
  bringing('frames and media, by', 'what is written into an empty frame', `var f = document.createElement("iframe"); main.append(f); var d = f.contentWindow.document; d.open(); d.write('<body><img src="${A}/1.gif"><script src="${A}/2.gif"><\\/script></body>'); d.close()`, '/1.gif', '/2.gif'),
  bringing('frames and media, by', 'what is written into frames[0]', `main.innerHTML = "<iframe></iframe>"; frames[0].document.write('<img src="${A}/1.gif">'); frames[0].document.close()`, '/1.gif'),
  bringing('frames and media, by', 'a script inside an empty frame', `var f = document.createElement("iframe"); main.append(f); var s = f.contentDocument.createElement("script"); s.src = "${A}/1.gif"; f.contentDocument.body.append(s)`, '/1.gif'),
  bringing('frames and media, by', 'fetch of an empty frame', `var f = document.createElement("iframe"); main.append(f); f.contentWindow.fetch("${A}/1.txt").catch(function () {})`),
  bringing('frames and media, by', 'object', `var o = document.createElement("object"); o.data = "${A}/1.svg"; main.append(o)`, '/1.svg'),
  bringing('frames and media, by', 'embed', `var o = document.createElement("embed"); o.type = "image/svg+xml"; o.src = "${A}/1.svg"; main.append(o)`, '/1.svg'),
  bringing('frames and media, by', 'video with poster', `var v = document.createElement("video"); v.poster = "${A}/1.gif"; main.append(v)`, '/1.gif'),
  bringing('frames and media, by', 'video with src', `var v = document.createElement("video"); v.src = "${A}/1.gif"; main.append(v)`, '/1.gif'),
  bringing('frames and media, by', 'video with source', `var v = document.createElement("video"); var s = document.createElement("source"); s.src = "${A}/1.gif"; v.append(s); main.append(v)`, '/1.gif'),
  bringing('frames and media, by', 'track', `var v = document.createElement("video"); v.crossOrigin = "anonymous"; var t = document.createElement("track"); t.default = true; t.src = "${A}/1.vtt"; v.append(t); v.src = "/empty"; main.append(v); t.track.mode = "showing"`, '/1.vtt'),

  bringing('links, by', 'stylesheet', `var l = document.createElement("link"); l.rel = "stylesheet"; l.href = "${A}/1.css"; main.append(l)`, '/1.css'),
  bringing('links, by', 'stylesheet, rel after href', `var l = document.createElement("link"); l.href = "${A}/1.css"; main.append(l); l.rel = "stylesheet"`, '/1.css'),
  bringing('links, by', 'preload', `var l = document.createElement("link"); l.rel = "preload"; l.as = "image"; l.href = "${A}/1.gif"; main.append(l)`, '/1.gif'),
  bringing('links, by', 'prefetch', `var l = document.createElement("link"); l.rel = "prefetch"; l.href = "${A}/1.gif"; main.append(l)`, '/1.gif'),
  { ...bringing('links, by', 'modulepreload', `var l = document.createElement("link"); l.rel = "modulepreload"; l.href = "${A}/1.js"; main.append(l)`, '/1.js'), ran: [] },
  bringing('links, by', 'imageSrcset', `var l = document.createElement("link"); l.rel = "preload"; l.as = "image"; l.imageSrcset = "${A}/1.gif 1x"; main.append(l)`, '/1.gif'),

  bringing('style elements, by', '@import', `var s = document.createElement("style"); s.append("@import url(${A}/1.css); p { color: red }"); main.append(s)`, '/1.css'),
  bringing('style elements, by', 'url()', `main.textContent = "text"; var s = document.createElement("style"); s.textContent = "main { background: url('${A}/1.gif') }"; document.head.append(s)`, '/1.gif'),
  bringing('style elements, by', 'innerHTML', `main.innerHTML = '<style>@import "${A}/1.css";</style>'`, '/1.css'),

  ...[
    ['gtag', `window.dataLayer = window.dataLayer || []; function gtag() { dataLayer.push(arguments) } gtag("js", new Date()); gtag("config", "G-0"); var s = document.createElement("script"); s.async = true; s.src = "${A}/1.js"; document.head.appendChild(s)`],
    ['a tag manager', `(function (w, d, s, l) { w[l] = w[l] || []; w[l].push({ "gtm.start": 1 }); var f = d.getElementsByTagName(s)[0], j = d.createElement(s); j.async = true; j.src = "${A}/1.js?id=" + l; f.parentNode.insertBefore(j, f) })(window, document, "script", "dataLayer")`],
    ['a pixel with a queue', `!function (f, b, e, v, n, t, s) { n = f.fbq = function () { n.queue.push(arguments) }; n.queue = []; t = b.createElement(e); t.async = !0; t.src = v; s = b.getElementsByTagName(e)[0]; s.parentNode.insertBefore(t, s) }(window, document, "script", "${A}/1.js"); fbq("init", "0")`],
    ['a protocol chosen by the page', `var h = location.protocol === "https:" ? "https://a.example" : "http://a.example"; var s = document.createElement("script"); s.async = 1; s.src = h + "/1.js"; var t = document.getElementsByTagName("script")[0]; t.parentNode.insertBefore(s, t)`],
    ['an address without protocol', `var s = document.createElement("script"); s.type = "text/javascript"; s.charset = "UTF-8"; s.src = "//a.example/1.js"; s.onreadystatechange = s.onload = function () {}; document.getElementsByTagName("head")[0].appendChild(s)`],
    ['document.write with split tags', `document.write('<scr' + 'ipt type="text/javascript" src="${A}/1.js"></scr' + 'ipt>')`],
    ['a stub that loads on DOMContentLoaded', `document.addEventListener("DOMContentLoaded", function () { var s = document.createElement("script"); s.src = "${A}/1.js"; document.body.appendChild(s) })`],
    ['a stub that loads after load', `window.addEventListener("load", function () { setTimeout(function () { var s = document.createElement("script"); s.src = "${A}/1.js"; document.body.appendChild(s) }, 0) })`],
    ['a pixel of parameters', `var i = new Image(1, 1); i.src = "${A}/1.gif?v=1&dl=" + encodeURIComponent(location.href)`, '/1.gif'],
  ].map(([name, code, path = '/1.js']) => ({ ...bringing('snippets in the style of', name, code, path), loose: true })),
  { ...bringing('snippets in the style of', 'a container that loads children', `var s = document.createElement("script"); s.src = "${A}/container.js"; main.append(s)`, '/container.js', '/1.js'), ran: ['container', '1'] },
  { ...bringing('snippets in the style of', 'a tag that another, allowed one loads', 'var s = document.createElement("script"); s.src = "https://b.example/loader.js"; main.append(s)', '/1.js'), ran: ['1', 'loader'], ordered: false },
  bringing('snippets in the style of', 'a single-page application, after a navigation', `history.pushState({}, "", "?next"); dispatchEvent(new PopStateEvent("popstate")); requestAnimationFrame(function () { var s = document.createElement("script"); s.src = "${A}/1.js"; document.head.append(s) })`, '/1.js'),

  bringing('calls', 'fetch', `fetch("${A}/1.txt").then(ran, function (e) { window.error = e.name })`),
  bringing('calls', 'fetch of a Request', `fetch(new Request("${A}/1.txt", { method: "POST" })).catch(function (e) { window.error = e.name })`),
  bringing('calls', 'XMLHttpRequest', `var x = new XMLHttpRequest(); x.open("GET", "${A}/1.txt"); x.send()`),
  bringing('calls', 'fetchLater', `if (window.fetchLater) fetchLater("${A}/1.txt", { activateAfter: 0 }); else throw new Error("this browser has none")`),
  bringing('calls', 'sendBeacon', `navigator.sendBeacon("${A}/1.txt", "x")`),
  bringing('calls', 'WebSocket', 'new WebSocket("wss://a.example/1")'),
  bringing('calls', 'EventSource', `new EventSource("${A}/1")`),
  bringing('calls', 'Worker and SharedWorker by URL', `try { new Worker("${A}/1.js") } catch (e) {} try { new SharedWorker("${A}/1.js") } catch (e) {}`),
  bringing('calls', 'new Audio', `new Audio("${A}/1.gif")`),
  bringing('calls', 'form.submit', `main.innerHTML = '<form action="${A}/1.html" target=f><input name=action></form><iframe name=f></iframe>'; main.firstChild.submit()`),
  bringing('calls', 'form.requestSubmit', `main.innerHTML = '<form action="${A}/1.html" target=f></form><iframe name=f></iframe>'; main.firstChild.requestSubmit()`),
  bringing('calls', 'a button with formaction', `main.innerHTML = '<form action="/own" target=f><button formaction="${A}/1.html"></button></form><iframe name=f></iframe>'; main.querySelector("button").click()`),

  ...standing,
  ...marked,
  { group: 'inert markup', name: 'inserted later', promise: 'no request', requests: ['/1.gif', '/2.js'], ran: ['2'],
    script: `${main} main.innerHTML = '<img data-vendor="a" data-src="${A}/1.gif">'; var s = document.createElement("script"); s.type = "text/plain"; s.dataset.vendor = "a"; s.src = "${A}/2.js"; main.append(s)` },

  beyond('code', 'dynamic import()', `import("${A}/1.js").catch(function () {})`, ['1']),
  beyond('code', 'a module that imports, inserted', `var s = document.createElement("script"); s.type = "module"; s.text = 'import "${A}/1.js"'; main.append(s)`, ['1']),
  beyond('code', 'importScripts in a blob worker', worker(`try { importScripts("${A}/says.js") } catch {}`)),
  beyond('code', 'fetch in a blob worker', worker(`fetch("${A}/1.txt").catch(function () {})`)),
  beyond('code', 'importScripts in a shared worker made of a blob', worker(`try { importScripts("${A}/says.js") } catch {}`).replace('new Worker', 'new SharedWorker')),
  { ...beyond('code', 'importScripts in a worker of the site’s own', 'new Worker("/worker.js")'),
    promise: { tag: 'cannot be prevented', sealed: 'cannot be prevented', sealedPolicy: 'cannot be prevented', marked: 'cannot be prevented', strict: 'cannot be prevented' } },
  beyond('code', 'a script at an own URL that redirects', 'var s = document.createElement("script"); s.src = "https://own.example/redirect.js"; main.append(s)', ['1']),
  beyond('code', 'an image at an own URL that redirects', 'new Image().src = "https://own.example/redirect.gif"'),
  { ...beyond('code', 'speculation rules', `var s = document.createElement("script"); s.type = "speculationrules"; s.text = '{"prefetch":[{"source":"list","urls":["${A}/1.html"],"eagerness":"immediate"}]}'; main.append(s)`), promise: 'cannot be prevented' },
  beyond('styles by script', 'the style property of an element', `main.style.backgroundImage = "url(${A}/1.gif)"; main.textContent = "text"`),
  beyond('styles by script', 'the background attribute', `main.innerHTML = "<table><tr><td>text"; main.firstChild.setAttribute("background", "${A}/1.gif")`),
  beyond('styles by script', 'CSSStyleSheet.insertRule', `main.textContent = "text"; document.head.append(document.createElement("style")); document.styleSheets[0].insertRule("main { background: url(${A}/1.gif) }")`),
  beyond('styles by script', 'adoptedStyleSheets', `main.textContent = "text"; var s = new CSSStyleSheet(); s.replaceSync("main { background: url(${A}/1.gif) }"); document.adoptedStyleSheets.push(s)`),
  beyond('styles by script', 'text put into a style element that is there', `var s = document.createElement("style"); document.head.append(s); s.textContent = "@import url(${A}/1.css)"`),
  beyond('styles by script', 'FontFace', `new FontFace("x", "url(${A}/1.woff)").load().catch(function () {})`),
];

const hint = (name, row, promise = {}) => ({ group: 'connections ahead of need', name, promise, ...row });
/** What asks for a connection and for nothing else: seen by who connects to host a. */
export const hints = [
  hint('preconnect, by script', { script: `var l = document.createElement("link"); l.rel = "preconnect"; l.href = "${A}/"; document.head.append(l)` }),
  hint('preconnect, static', { static: true, head: `<link rel="preconnect" href="${A}/">` },
    { tag: 'cannot be prevented', sealed: 'cannot be prevented', sealedPolicy: 'cannot be prevented', strict: 'cannot be prevented', header: 'cannot be prevented' }),
];
