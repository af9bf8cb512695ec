// Tags that stand in the page's own markup: plain, or inert. See rows.mjs for what a row is.
const A = 'https://a.example';

/** What only the preload scanner fetches too early. */
const scanned = { tag: 'not executed' };
/** What the element fetches as the parser makes it, too: mostly the gate is faster, unless a page comes in pieces. */
const ahead = { tag: 'not executed', sealed: 'not executed' };
const used = { tag: 'cannot be prevented', sealed: 'cannot be prevented' };
/** What no policy stops either. */
const unruled = { ...used, sealedPolicy: 'cannot be prevented', strict: 'cannot be prevented', header: 'cannot be prevented' };
const plain = (group, promise, varies = []) => (name, markup, more = {}) => ({ group, name, static: true, promise, varies, body: markup, ...more });
const inHead = ({ body, ...row }) => ({ ...row, head: body });

const script = plain('static scripts', scanned);
const image = plain('static images', ahead, ['tag', 'sealed']);
const medium = plain('static media, and images and frames that are lazy', 'no request');
const frame = plain('static frames', ahead, ['tag', 'sealed']);
const link = plain('static links', ahead);
const style = plain('static styles', used);
const other = plain('static, else', 'no request');

export const standing = [
  inHead(script('script', `<script src="${A}/1.js"></script>`, { ran: ['1'] })),
  script('scripts in order, with async, defer and module', `<script type="module" src="${A}/5.js"></script><script src="${A}/3.js"></script>`, {
    head: `<script defer src="${A}/4.js"></script><script src="${A}/1.js"></script><script src="${A}/2.js"></script>`, ran: ['1', '2', '3', '4', '5'] }),
  inHead(script('async script', `<script async src="${A}/1.js"></script>`, { ran: ['1'] })),
  inHead(script('module', `<script type="module" src="${A}/1.js"></script>`, { ran: ['1'] })),
  script('script with odd case and no quotes', `<SCRIPT TYPE="text/javascript" SRC=${A}/1.js></SCRIPT>`, { ran: ['1'] }),
  script('SVG scripts, one closed by itself', `<svg><script href="${A}/1.js"/><script xlink:href="${A}/2.js"></script></svg>`, { ran: ['1', '2'], ordered: false }),
  script('script in a declarative shadow root', `<div><template shadowrootmode="open"><script src="${A}/1.js"></script></template></div>`, { ran: ['1'] }),
  inHead(script('script under a base of the vendor', `<base href="${A}/"><script src="1.js"></script>`, { ran: ['1'] })),
  { ...script('script in front of the tag', '', { ran: ['1'] }), promise: { tag: 'cannot be prevented', sealed: 'cannot be prevented', sealedPolicy: 'cannot be prevented', strict: 'cannot be prevented' },
    before: `<script src="${A}/1.js"></script>`, body: '' },
  script('inline module that imports', `<script type="module">import "${A}/1.js"</script>`, { promise: used, ran: ['1'] }),

  image('image', `<img src="${A}/1.gif" alt="">`, { requests: ['/1.gif'] }),
  image('image with srcset', `<img src="${A}/1.gif" srcset="${A}/2.gif 1x" alt="">`, { requests: ['/2.gif'], maybe: ['/1.gif'] }),
  image('image with an own src', `<img src="/empty" srcset="${A}/1.gif 1x" alt="">`, { requests: ['/1.gif'] }),
  image('image, its address with backslashes', `<img src=" \\\\a.example/1.gif" alt="">`, { requests: ['/1.gif'] }),
  image('picture', `<picture><source srcset="${A}/1.gif"><img src="/empty" alt=""></picture>`, { requests: ['/1.gif'] }),
  image('input type="image"', `<input type="image" src="${A}/1.gif">`, { requests: ['/1.gif'] }),
  image('SVG image', `<svg><title/><image href="${A}/1.gif"/><image xlink:href="${A}/2.gif"/></svg>`, { requests: ['/1.gif', '/2.gif'] }),
  image('SVG feImage', `<svg width="9" height="9"><filter id="f"><feImage href="${A}/1.gif"/></filter><rect width="9" height="9" filter="url(#f)"/></svg>`, { requests: ['/1.gif'] }),
  image('video with poster', `<video poster="${A}/1.gif"></video>`, { requests: ['/1.gif'] }),
  image('own video with a poster', `<video src="/empty" poster="${A}/1.gif"></video>`, { requests: ['/1.gif'] }),

  medium('image with loading="lazy"', `<img loading="lazy" src="${A}/1.gif" alt="">`, { requests: ['/1.gif'] }),
  medium('video', `<video src="${A}/1.gif"></video>`, { requests: ['/1.gif'] }),
  medium('video with sources', `<video><source src="${A}/1.gif"></video>`, { requests: ['/1.gif'] }),
  medium('audio', `<audio controls preload="auto" src="${A}/1.gif"></audio>`, { requests: ['/1.gif'] }),
  medium('track', `<video crossorigin src="/empty"><track default src="${A}/1.vtt"></video>`, { requests: ['/1.vtt'] }),
  medium('iframe with loading="lazy"', `<iframe loading="lazy" src="${A}/1.html"></iframe>`, { requests: ['/1.html'] }),

  frame('iframe', `<p>text</p><iframe src="${A}/says.html"></iframe>`, { requests: ['/says.html'] }),
  frame('iframe with srcdoc', `<iframe srcdoc="&lt;script src=${A}/says.js>&lt;/script>"></iframe>`, { requests: ['/says.js'] }),
  frame('object', `<object data="${A}/says.html"></object>`, { requests: ['/says.html'] }),
  frame('object with what stands in for it', `<object type="image/svg+xml" data="${A}/1.svg"><embed type="image/svg+xml" src="${A}/2.svg"></object>`, { requests: ['/1.svg'] }),
  // Chromium may leave it out for good when a script as much as looks at it while the page is still coming in.
  frame('object that nobody closes', `<div><object type="image/svg+xml" data="${A}/1.svg"></div>`, { requests: [], maybe: ['/1.svg'] }),
  frame('embed', `<embed type="text/html" src="${A}/says.html">`, { requests: ['/says.html'] }),
  frame('embed that ends an SVG', `<svg><embed type="image/svg+xml" src="${A}/1.svg">`, { requests: ['/1.svg'] }),

  inHead(link('stylesheet', `<link rel="stylesheet" href="${A}/1.css">`, { requests: ['/1.css'] })),
  inHead(link('preload, then the script', `<link rel="preload" as="script" href="${A}/1.js"><script src="${A}/1.js"></script>`, { ran: ['1'], varies: ['tag', 'sealed'] })),
  inHead(link('preload with imagesrcset', `<link rel="preload" as="image" imagesrcset="${A}/1.gif 1x">`, { requests: ['/1.gif'] })),
  inHead(link('modulepreload', `<link rel="modulepreload" href="${A}/1.js">`, { requests: ['/1.js'] })),
  inHead(link('prefetch', `<link rel="prefetch" href="${A}/1.gif">`, { requests: ['/1.gif'], varies: ['tag', 'sealed'] })),
  inHead(link('speculation rules', `<script type="speculationrules">{"prefetch":[{"source":"list","urls":["${A}/1.html"],"eagerness":"immediate"}]}</script>`, { promise: unruled, requests: ['/1.html'] })),

  inHead(style('style element with @import', `<style>@import "${A}/1.css";</style>`, { requests: ['/1.css'] })),
  style('style element with url()', `<style>main { background: url(${A}/1.gif) }</style><script>document.getElementById("main").textContent = "text"</script>`, { requests: ['/1.gif'], varies: ['tag', 'sealed'] }),
  style('style attribute', `<p style="background: url(${A}/1.gif)">text</p>`, { requests: ['/1.gif'] }),
  style('background attribute', `<table background="${A}/1.gif"><tr><td>text</td></tr></table>`, { requests: ['/1.gif'] }),

  other('form that the visitor sends', `<form action="${A}/1.html" target="f"><button id="act">send</button></form><iframe name="f"></iframe>`, { click: true, requests: ['/1.html'] }),
  { ...other('ping of a link that the visitor follows', `<a id="act" href="#main" ping="${A}/1.txt">link</a>`, { click: true, requests: ['/1.txt'] }),
    promise: used },
  { ...other('meta refresh', '', { requests: ['/1.html'], leaves: true }), promise: unruled, head: `<meta http-equiv="refresh" content="0; url=${A}/1.html">` },
  other('noscript', `<noscript><img src="${A}/0.gif"></noscript>`),
];

const inert = (name, body, requests, ran = []) => ({ group: 'inert markup', name, promise: 'no request', static: true, body, requests, ran });

export const marked = [
  inert('template around anything', `<template data-vendor="a"><p>text</p><img src="${A}/1.gif" alt=""><script src="${A}/1.js"></script><script>ran.push("inline")</script><script src="${A}/2.js"></script></template>`, ['/1.gif', '/1.js', '/2.js'], ['1', 'inline', '2']),
  inert('script type="text/plain" with src', `<script type="text/plain" data-vendor="a" src="${A}/1.js"></script>`, ['/1.js'], ['1']),
  inert('script type="text/plain" with data-src', `<script type="text/plain" data-vendor="a" data-src="${A}/1.js"></script>`, ['/1.js'], ['1']),
  inert('inline scripts between external ones', `<script type="text/plain" data-vendor="a" src="${A}/1.js"></script><script type="text/plain" data-vendor="a">ran.push("inline " + ran.length)</script><script type="text/plain" data-vendor="a" src="${A}/2.js"></script>`, ['/1.js', '/2.js'], ['1', 'inline 1', '2']),
  inert('iframe', `<iframe data-vendor="a" data-src="${A}/1.html"></iframe>`, ['/1.html']),
  inert('img', `<img data-vendor="a" data-src="${A}/1.gif" alt="">`, ['/1.gif']),
  inert('link', `<link rel="stylesheet" data-vendor="a" data-href="${A}/1.css">`, ['/1.css']),
  inert('noscript inside a template', `<template data-vendor="a"><noscript><img src="${A}/0.gif"></noscript><img src="${A}/1.gif"></template>`, ['/1.gif']),
  inert('a template in a declarative shadow root', `<div><template shadowrootmode="open"><template data-vendor="a"><img src="${A}/1.gif"></template></template></div>`, ['/1.gif']),
  inert('data attributes of other elements', `<div data-vendor="a" data-src="${A}/1.js" data-sekisho-src="${A}/2.js"></div><p data-vendor="a" type="text/plain">ran.push("p")</p>`, []),
];
