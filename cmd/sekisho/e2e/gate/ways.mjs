// The ways of pasting, one column of the matrix each, as the binary prints or makes them; and the site that pastes them.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../lib/process.mjs';
import { binary, site } from '../lib/service.mjs';

/** An entry of a site's own for the vendor whose host is `${id}.example`. */
export const custom = (id) => ({
  id,
  custom: {
    id, name: { ja: id, en: id }, entity: { name: { ja: '例の株式会社', en: 'Example Inc.' } }, country: 'JP', kind: 'test', status: 'active',
    purposes: ['analytics'], data: ['page-url'], receives: { ja: '閲覧したページのアドレス', en: 'Address of the page viewed' },
    usedFor: { ja: '試験に使います。', en: 'Used in tests.' }, hosts: [{ host: `${id}.example` }], links: { privacy: { ja: 'https://example.jp/privacy' } },
    sources: [{ facts: ['name', 'entity', 'country', 'purposes', 'data', 'receives', 'usedFor', 'hosts', 'links'], source: 'https://example.jp/', date: '2026-11-21' }],
  },
});

/** The site of the matrix: vendors a, b and c own one host each; own.example is the site's, sentinel.example nobody's. */
export const shop = (key, origins, over) => site(key, origins, ['a', 'b', 'c'].map(custom), { hosts: ['own.example', 'sentinel.example'], ...over });

/** Marks pages, by name, with the binary. */
export async function mark(pages, ...options) {
  const folder = await mkdtemp(join(tmpdir(), 'sekisho-mark-'));
  try {
    const env = { PATH: process.env.PATH, HOME: folder };
    for (const [name, html] of Object.entries(pages)) await writeFile(join(folder, `${name}.html`), html);
    await run(binary, ['mark', '--write', ...options, folder], { env });
    const marked = {};
    for (const name of Object.keys(pages)) marked[name] = await readFile(join(folder, `${name}.html`), 'utf8');
    return marked;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A page of the matrix: what one way has the owner paste, then the row. */
export const pageOf = (paste, { before = '', head = '', body = '', script }) => `<!doctype html>
<html lang="ja"><head><meta charset="utf-8">${before}
${paste}
<script>window.ran = window.ran || []</script>
<title>matrix</title>${head}</head>
<body><main id="main"></main><button data-sekisho="open">設定</button>${body}${script ? `<script>${script}</script>` : ''}</body></html>`;

const env = { PATH: process.env.PATH };

/** What `sekisho snippet` prints. */
function snippet(service, key, ...options) {
  return run(binary, ['snippet', '--site', key, '--store', service.store, '--public-url', service.url, '--language', 'en', ...options], { env });
}

/** The headers that the worker of `--header cloudflare` puts on an answer of that type to a request. */
async function stamp(code) {
  const front = 'let answer; export const about = (one) => (answer = one); const fetch = () => answer;\n';
  const { about, default: worker } = await import(`data:text/javascript,${encodeURIComponent(front + code)}`);
  return async (request, type) => {
    about(new Response('', { headers: { 'content-type': type } }));
    const { headers } = await worker.fetch(new Request('http://host/', { headers: { cookie: request.headers.cookie ?? '', 'sec-fetch-dest': request.headers['sec-fetch-dest'] ?? '' } }));
    return Object.fromEntries(headers);
  };
}

/**
 * The columns: `pages` by row; `headers`, if any, of answers to a request. To be asked for before the service is up, since
 * one process alone opens the store. The site "policy" is "shop" with a policy on its pages.
 */
export async function waysOf(service, rows) {
  const all = (paste) => rows.map((row) => pageOf(paste, row));
  const one = await snippet(service, 'shop');
  const plain = all(one);
  const bare = await snippet(service, 'policy');
  const marked = Object.values(await mark({ ...plain }, '--site', 'shop', '--store', service.store));
  return {
    tag: { name: 'one tag', pages: plain },
    sealed: { name: 'sealed', pages: all(await snippet(service, 'shop', '--sealed')) },
    sealedPolicy: { name: 'sealed + policy', policy: true, pages: all(await snippet(service, 'policy', '--sealed')) },
    marked: { name: 'marked', pages: marked },
    strict: { name: 'strict', policy: true, pages: all(await snippet(service, 'policy', '--strict')) },
    header: { name: 'header', policy: true, paste: bare, pages: all(bare), headers: await stamp(await snippet(service, 'policy', '--header', 'cloudflare')) },
  };
}
