// What the gate adds to insertions: twenty vendors' rules and two hundred tags of theirs on the page, against the same
// page without the gate, turn by turn.
import { processor } from './processor.mjs';
import { spread } from './table.mjs';
import { line, vendors } from './shop.mjs';

/** Kinds of insertion: what is done a hundred times. On the page with the gate, what is a vendor's is held. */
export const kinds = {
  div: 'div with text, appendChild',
  attribute: 'setAttribute',
  markup: 'innerHTML of 20 nodes',
  tagged: 'innerHTML of 20 nodes, one a vendor’s image',
  image: 'img of the site, src',
  pixel: 'img of a vendor, src',
  script: 'script of the site, appendChild',
  tag: 'script of a vendor, appendChild',
};

/** The page, with what was pasted; 200 tags come the way in which snippets insert them. */
const page = (pasted) => `<!doctype html><html lang="ja"><head><meta charset="utf-8">${pasted}<title>費用</title></head>
<body><main id="main" hidden></main><script>
var loaded = 0;
['load', 'error'].forEach(function (name) {
  document.getElementById('main').addEventListener(name, function (event) { if (event.target.localName == 'script') loaded++; }, true);
});
${JSON.stringify(vendors.map(({ url }) => url))}.forEach(function (url) {
  for (var i = 0; i < 5; i++) {
    var first = document.getElementsByTagName('script')[0], tag = document.createElement('script');
    var more = url + (url.indexOf('?') < 0 ? '?' : '&');
    tag.async = true;
    tag.src = more + 'tag=' + i;
    first.parentNode.insertBefore(tag, first);
    var image = document.createElement('img');
    image.src = more + 'pixel.gif=' + i;
    document.body.appendChild(image);
  }
});
</script></body></html>`;

/**
 * Runs in the page: hundreds of insertions of a kind, the observers' turn included. "nothing" does nothing at all. What is
 * fetched is fetched once for all of a sample, and comes when the sample is over.
 */
const insert = async ([kind, vendor, hundreds, again]) => {
  const main = document.getElementById('main');
  const nodes = '<p>text <b>bold</b></p><ul><li>1</li><li>2</li><li>3</li></ul><a href="/x">link</a><span>text</span>';
  const create = (name, src) => {
    const element = document.createElement(name);
    if (src) element.src = src;
    return main.appendChild(element);
  };
  const ways = {
    div: () => { create('div').textContent = 'text'; },
    attribute: (i) => main.setAttribute('data-x', i),
    // eslint-disable-next-line no-unsanitized/property -- markup of this file's own
    markup: () => { create('div').innerHTML = nodes; },
    // eslint-disable-next-line no-unsanitized/property -- the same, with an address of this folder's own
    tagged: () => { create('div').innerHTML = `${nodes}<img src="${vendor}pixel.gif?${again}">`; },
    image: () => create('img', `/pixel.gif?${again}`),
    pixel: () => create('img', `${vendor}pixel.gif?${again}`),
    script: () => create('script', `/own.js?${again}`),
    tag: () => create('script', `${vendor}tag.js?${again}`),
  };
  const way = ways[kind] ?? (() => {});
  for (let i = 0; i < hundreds * 100; i++) way(i);
  await null;
};

/** Runs in the page: what was inserted has loaded, and is gone, before anything else is inserted. */
const clear = async () => {
  const main = document.getElementById('main');
  // A held script has a type that no browser runs.
  const scripts = [...main.querySelectorAll('script')].filter((one) => !one.type).length;
  do await new Promise((done) => setTimeout(done));
  while (window.loaded < scripts);
  window.loaded = 0;
  main.textContent = '';
};

/** How many hundreds make a sample. */
const hundreds = (kind) => ({ nothing: 1, attribute: 20, div: 10, script: 1, tag: 1 })[kind] ?? 3;

/** Milliseconds of the main thread for 100 insertions of a kind, sample by sample. */
async function sample(tab, spent, kind, count) {
  const vendor = vendors.find(({ vendor }) => vendor === 'criteo').url.replace(/[^/]*$/, '');
  const all = [];
  for (let i = 0; i < count; i++) {
    const before = await spent();
    await tab.evaluate(insert, [kind, vendor, hundreds(kind), `${kind}${i}`]);
    all.push(((await spent()) - before) / hundreds(kind));
    await tab.evaluate(clear);
  }
  return all;
}

/**
 * For each kind { without, with, added, first }: milliseconds for 100 insertions, without what a sample of nothing takes.
 * first: added to the first sample on a page, before the browser has made anything of the code.
 */
export async function cost({ service, host, context }, { rounds, samples }) {
  const tag = `<script src="${service.url}/s/shop.js"></script>`;
  host.pages['/own.js'] = { type: 'text/javascript', body: '' };
  host.pages['/pixel.gif'] = { type: 'image/gif', body: Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==', 'base64') };
  host.pages['/without'] = { type: 'text/html', body: page('') };
  host.pages['/with'] = { type: 'text/html', body: page(tag) };
  const seen = { without: {}, with: {} };
  const browsers = { without: await context(), with: await context() };
  try {
    for (let round = 0; round < rounds; round++)
      for (const one of round % 2 ? ['with', 'without'] : ['without', 'with']) {
        line.latency = 0;
        const tab = await browsers[one].newPage();
        await tab.goto(`${host.origin}/${one}`, { waitUntil: 'load' });
        const held = await tab.evaluate(() => window[Symbol.for('sekisho')]?.queue.size ?? 0);
        if (held !== (one === 'with' ? 200 : 0)) throw new Error(`${held} tags are held on the page ${one} the gate`);
        line.latency = 100;
        const spent = await processor(tab);
        const nothing = spread(await sample(tab, spent, 'nothing', samples)).median;
        for (const kind of Object.keys(kinds)) {
          const all = (await sample(tab, spent, kind, samples)).map((time) => time - nothing / hundreds(kind));
          (seen[one][kind] ??= []).push({ median: spread(all).median, first: all[0] });
        }
        await tab.close();
      }
  } finally {
    line.latency = 0;
    for (const one of Object.values(browsers)) await one.close();
  }
  return Object.fromEntries(Object.keys(kinds).map((kind) => {
    const [without, gated] = [seen.without[kind], seen.with[kind]];
    return [kind, {
      without: spread(without.map(({ median }) => median)),
      with: spread(gated.map(({ median }) => median)),
      added: spread(gated.map(({ median }, i) => median - without[i].median)),
      first: spread(gated.map(({ first }, i) => first - without[i].first)),
    }];
  }));
}
