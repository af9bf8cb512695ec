// What the gate adds to insertions: twenty vendors' rules and two hundred tags of theirs on the page, against the same
// page without the gate, turn by turn.
import { spread } from './table.mjs';
import { vendors } from './shop.mjs';

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
<body><main id="main"></main><script>
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

/** Runs in the page: milliseconds for 100 insertions of a kind, sample by sample, the observers' turn included. */
const measure = async ([kind, vendor, samples]) => {
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
    tagged: () => { create('div').innerHTML = `${nodes}<img src="${vendor}pixel.gif">`; },
    image: () => create('img', '/pixel.gif'),
    pixel: () => create('img', `${vendor}pixel.gif`),
    script: () => create('script', '/own.js'),
    tag: () => create('script', `${vendor}tag.js`),
  };
  // Clocks of pages tick every 0.1 ms: what takes less is done more often.
  const times = { div: 5, attribute: 10, markup: 2, image: 2, pixel: 2 }[kind] ?? 1;
  const all = [];
  // Scripts have to load before the next hundred: of these a third will do.
  const count = /script|tag$/.test(kind) ? Math.ceil(samples / 3) : samples;
  for (let sample = 0; sample < count; sample++) {
    main.textContent = '';
    const start = performance.now();
    for (let time = 0; time < times; time++) for (let i = 0; i < 100; i++) ways[kind](i);
    await null;
    all.push((performance.now() - start) / times);
    // What loads now must not weigh on the next sample. A held script has a type that no browser runs.
    await Promise.all([...main.querySelectorAll('script')].map((one) => one.type || new Promise((done) => { one.onload = one.onerror = done; })));
    await new Promise((done) => setTimeout(done));
  }
  return all;
};

/** For each kind { without, with, added, best, first }: milliseconds for 100 insertions. best and first: added to the quickest samples, and to the first on a page. */
export async function cost({ service, host, context }, { rounds, samples }) {
  const tag = `<script src="${service.url}/s/shop.js"></script>`;
  host.pages['/own.js'] = { type: 'text/javascript', body: '' };
  host.pages['/pixel.gif'] = { type: 'image/gif', body: Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==', 'base64') };
  host.pages['/without'] = { type: 'text/html', body: page('') };
  host.pages['/with'] = { type: 'text/html', body: page(tag) };
  const vendor = 'https://static.criteo.net/';
  const seen = { without: {}, with: {} };
  const browsers = { without: await context(), with: await context() };
  try {
    for (let round = 0; round < rounds; round++)
      for (const one of round % 2 ? ['with', 'without'] : ['without', 'with']) {
        const tab = await browsers[one].newPage();
        await tab.goto(`${host.origin}/${one}`, { waitUntil: 'load' });
        const held = await tab.evaluate(() => window[Symbol.for('sekisho')]?.queue.size ?? 0);
        if (held !== (one === 'with' ? 200 : 0)) throw new Error(`${held} tags are held on the page ${one} the gate`);
        for (const kind of Object.keys(kinds)) {
          const all = await tab.evaluate(measure, [kind, vendor, samples]);
          (seen[one][kind] ??= []).push({ ...spread(all), first: all[0] });
        }
        await tab.close();
      }
  } finally {
    for (const one of Object.values(browsers)) await one.close();
  }
  return Object.fromEntries(Object.keys(kinds).map((kind) => {
    const [without, gated] = [seen.without[kind], seen.with[kind]];
    return [kind, {
      without: spread(without.map(({ median }) => median)),
      with: spread(gated.map(({ median }) => median)),
      added: spread(gated.map(({ median }, i) => median - without[i].median)),
      best: Math.min(...gated.map(({ min }) => min)) - Math.min(...without.map(({ min }) => min)),
      first: spread(gated.map(({ first }, i) => first - without[i].first)),
    }];
  }));
}
