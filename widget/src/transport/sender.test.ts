import assert from 'node:assert/strict';
import { beforeEach, mock, test, type TestContext } from 'node:test';
import { browser, settle, type Sent } from '../testdata/browser';
import { attempt } from '../attempt';
import { openQueue, type Body } from './queue';
import openSender, { type Recorded } from './sender';

const URL_ = 'https://consent.example.jp/v1/sites/shop/decisions';
const id = (n: number) => `01930000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const decision = (n: number, change: Partial<Body> = {}): Body => ({
  id: id(n),
  visitor: '7d9c1f0a-3b52-4e8d-9a61-0c2f5e7b8d34',
  sequence: n,
  revision: 1,
  action: 'save',
  granted: ['criteo'],
  denied: [],
  language: 'ja',
  layer: 1,
  at: '2026-11-21T09:00:00.000Z',
  page: '/',
  ...change,
});

let world: ReturnType<typeof browser>;
let recorded: Recorded[];
/** Whom the browser remembers. */
let visitor: string | undefined;
/** The queue and the sender of one tab. */
const tab = (shared = false) => {
  const { put, ...rest } = openQueue(attempt);
  const site = { server: 'https://consent.example.jp', key: 'shop' };
  return { put, flush: openSender({ put, ...rest }, () => visitor, fetch, site, shared, (detail) => recorded.push(detail)) };
};
const queue = (): Body[] => JSON.parse(world.storage.getItem('sekisho.queue') || '[]');
const ids = () => queue().map((body) => body.id);
const problem = (status: number, headers: Record<string, string> = {}) =>
  Response.json({ type: 'about:blank', title: 'no', status }, { status, headers });
const down = async () => {
  throw new TypeError('Failed to fetch');
};

beforeEach(() => {
  world = browser();
  recorded = [];
  visitor = decision(0).visitor;
});

for (const next of [undefined, 'e2a1f6f0-0000-4000-8000-000000000000'])
  test(`of a visitor who was erased nothing is sent, nor kept${next ? ', and of the next one all' : ''}`, async (t) => {
    clock(t);
    world.answer = down;
    const beacons: string[] = [];
    world.navigator.sendBeacon = (_url, body) => (beacons.push(JSON.parse(body).id), true);
    const queued = tab();
    queued.put(decision(1));
    queued.flush();
    await settle();
    assert.equal(world.sent.length, 1);
    // Another tab erases: this one's memory still has it.
    world.storage.removeItem('sekisho.queue');
    visitor = next;
    if (next) queued.put(decision(2, { visitor: next }));
    const keepalive = Object.getOwnPropertyDescriptor(Request.prototype, 'keepalive')!;
    delete (Request.prototype as any).keepalive;
    world.document.hidden = true;
    try {
      queued.flush();
    } finally {
      Object.defineProperty(Request.prototype, 'keepalive', keepalive);
    }
    await wait(3_600_000);
    const wanted = next ? [id(2)] : [];
    assert.deepEqual(beacons, wanted);
    assert.deepEqual([...new Set(world.sent.slice(1).map(({ body }) => body.id))], wanted);
    assert.deepEqual(ids(), wanted);
  });

/** A clock that stands still, and the longest wait that jitter may choose. */
const clock = (t: TestContext, jitter = 1) => {
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: Date.UTC(2026, 10, 21) });
  const random = mock.method(Math, 'random', () => jitter);
  t.after(() => {
    mock.timers.reset();
    random.mock.restore();
  });
};
const wait = async (ms: number) => {
  mock.timers.tick(ms);
  await settle();
};

test('a decision is queued at once, sent, and gone after its receipt', async () => {
  const t = tab();
  t.put(decision(1));
  assert.deepEqual(queue(), [decision(1)]);
  assert.equal(world.sent.length, 0);
  t.flush();
  await settle();
  const [{ url, init, body }] = world.sent as [Sent];
  assert.deepEqual(body, decision(1));
  assert.equal(url, URL_);
  assert.deepEqual([init.method, init.keepalive, init.credentials, init.headers], ['POST', true, 'omit', undefined]);
  assert.equal(typeof init.body, 'string', 'a string goes out as text/plain');
  assert.equal(world.storage.getItem('sekisho.queue'), null);
  assert.deepEqual(recorded, [{ id: id(1), receipt: { id: id(1) } }]);
});

test('200 for an id that is known already is a receipt as well', async () => {
  world.answer = async ({ body }) => Response.json({ id: body.id, receipt: {} });
  const t = tab(true);
  t.put(decision(1));
  t.flush();
  await settle();
  assert.equal(world.sent[0]!.init.credentials, 'include');
  assert.deepEqual(ids(), []);
  assert.equal(recorded.length, 1);
});

test('several decisions go one after the other, oldest first', async () => {
  const t = tab();
  for (const n of [1, 2, 3]) t.put(decision(n));
  let open = 0;
  world.answer = async ({ body }) => {
    assert.equal(++open, 1, 'one at a time');
    await settle();
    open--;
    return Response.json({ id: body.id });
  };
  t.flush();
  t.flush();
  for (let i = 0; i < 10; i++) await settle();
  assert.deepEqual(world.sent.map(({ body }) => body.sequence), [1, 2, 3]);
  assert.equal(recorded.length, 3);
});

for (const status of [400, 403, 404, 409, 413, 415, 422]) {
  test(`${status} by the service is final, and told`, async () => {
    world.answer = async () => problem(status);
    const t = tab();
    t.put(decision(1));
    t.flush();
    await settle();
    assert.deepEqual(ids(), []);
    assert.deepEqual(recorded, [{ id: id(1), error: { type: 'about:blank', title: 'no', status } }]);
    t.flush();
    await settle();
    assert.equal(world.sent.length, 1);
  });
}

const failures: Record<string, () => Promise<Response>> = {
  'no network': down,
  408: async () => problem(408),
  425: async () => problem(425),
  429: async () => problem(429),
  500: async () => problem(500),
  503: async () => problem(503),
  'a 403 of a proxy, in HTML': async () => new Response('<h1>Forbidden</h1>', { status: 403 }),
  'a 404 of a proxy, in JSON': async () => Response.json({ error: 'not found' }, { status: 404 }),
  'a hotel’s page with 200': async () => new Response('<h1>Welcome</h1>'),
  'a 200 that confirms nothing': async () => Response.json({ ok: true }),
  'a 201 for another id': async () => Response.json({ id: id(9) }, { status: 201 }),
  'a 200 of null': async () => Response.json(null),
  'an answer that is cut off': async () => new Response('{"id":"' + id(1), { status: 201 }),
  'a body that cannot be read': async () =>
    new Response(new ReadableStream({ start: (stream) => stream.error(new TypeError('reset')) }), { status: 201 }),
};
for (const [name, answer] of Object.entries(failures)) {
  test(`kept and tried again: ${name}`, async (t) => {
    clock(t);
    world.answer = answer;
    const queued = tab();
    queued.put(decision(1));
    queued.flush();
    await settle();
    assert.deepEqual(ids(), [id(1)]);
    assert.deepEqual(recorded, []);
    world.answer = async ({ body }) => Response.json({ id: body.id }, { status: 201 });
    await wait(1000);
    assert.deepEqual(ids(), []);
    assert.equal(recorded.length, 1);
    assert.deepEqual(world.sent.map(({ body }) => body.id), [id(1), id(1)], 'the same id');
  });
}

test('back-off doubles from a second to an hour', async (t) => {
  clock(t);
  world.answer = down;
  const queued = tab();
  queued.put(decision(1));
  queued.flush();
  await settle();
  for (let n = 0; n < 16; n++) {
    const delay = Math.min(1000 * 2 ** n, 3600e3);
    await wait(delay - 1);
    assert.equal(world.sent.length, n + 1, `too early after ${n} retries`);
    await wait(1);
    assert.equal(world.sent.length, n + 2, `not after ${delay} ms`);
  }
});

test('full jitter: anything from at once to the whole delay', async (t) => {
  clock(t, 0.25);
  world.answer = down;
  const queued = tab();
  queued.put(decision(1));
  queued.flush();
  await settle();
  await wait(249);
  assert.equal(world.sent.length, 1);
  await wait(1);
  assert.equal(world.sent.length, 2);
});

test('Retry-After is waited for, up to an hour, whatever else happens', async (t) => {
  clock(t, 0);
  world.answer = async () => problem(503, { 'Retry-After': '120' });
  const queued = tab();
  queued.put(decision(1));
  queued.flush();
  await settle();
  await wait(119_999);
  queued.flush();
  await settle();
  assert.equal(world.sent.length, 1);
  world.answer = async () => problem(503, { 'Retry-After': '999999' });
  await wait(1);
  assert.equal(world.sent.length, 2);
  await wait(3600e3 - 1);
  assert.equal(world.sent.length, 2);
  await wait(1);
  assert.equal(world.sent.length, 3);
});

test('a Retry-After that is no number of seconds is as good as none', async (t) => {
  clock(t);
  world.answer = async () => problem(503, { 'Retry-After': 'Wed, 21 Oct 2099 07:28:00 GMT' });
  const queued = tab();
  queued.put(decision(1));
  queued.flush();
  await settle();
  await wait(1000);
  assert.equal(world.sent.length, 2);
});

test('a good occasion does not wait for the timer', async (t) => {
  clock(t);
  world.answer = down;
  const queued = tab();
  queued.put(decision(1));
  for (let n = 1; n < 5; n++) {
    queued.flush();
    await settle();
    assert.equal(world.sent.length, n);
  }
});

test('one that always fails blocks no other', async (t) => {
  clock(t, 0);
  world.answer = async ({ body }) => (body.sequence == 1 ? problem(500) : Response.json({ id: body.id }));
  const queued = tab();
  for (const n of [1, 2, 3]) queued.put(decision(n));
  queued.flush();
  await settle();
  for (let n = 0; n < 8; n++) await wait(0);
  assert.deepEqual(ids(), [id(1)]);
  assert.equal(recorded.length, 2);
});

test('the next page sends what the last one could not', async (t) => {
  clock(t);
  world.answer = down;
  const first = tab();
  first.put(decision(1));
  first.flush();
  await settle();
  world.answer = async ({ body }) => Response.json({ id: body.id });
  tab().flush();
  await settle();
  assert.deepEqual(ids(), []);
});

test('every decision arrives though half of the replies are lost', async (t) => {
  clock(t, 0.5);
  let seed = 7;
  const coin = () => ((seed = (seed * 1103515245 + 12345) % 2 ** 31) >> 16) & 1;
  const stored = new Set<string>();
  world.answer = async ({ body }) => {
    const arrives = coin();
    if (arrives) stored.add(body.id);
    if (arrives && coin()) return Response.json({ id: body.id }, { status: 201 });
    throw new TypeError('reset');
  };
  const queued = tab();
  for (let n = 1; n <= 40; n++) {
    queued.put(decision(n));
    queued.flush();
    await settle();
  }
  for (let n = 0; n < 900 && queue().length; n++) await wait(3600e3);
  assert.equal(stored.size, 40);
  assert.equal(recorded.length, 40, 'each is told once');
  assert.deepEqual(ids(), []);
});

test('at most 50, the oldest give way', () => {
  const t = tab();
  for (let n = 1; n <= 60; n++) t.put(decision(n));
  assert.equal(queue().length, 50);
  assert.equal(queue()[0]!.sequence, 11);
});

test('at most 64 KB', () => {
  const t = tab();
  const many = Array.from({ length: 500 }, (_, n) => `a-vendor-of-some-length-${n}`);
  for (let n = 1; n <= 12; n++) t.put(decision(n, { granted: many }));
  const text = world.storage.getItem('sekisho.queue')!;
  assert.ok(text.length <= 65536 && text.length > 45000, `${text.length}`);
  assert.equal(queue().at(-1)!.sequence, 12);
});

test('without storage the queue lives as long as the page', async (t) => {
  clock(t);
  world.storageFault = true;
  world.answer = down;
  const queued = tab();
  queued.put(decision(1));
  queued.flush();
  await settle();
  world.answer = async ({ body }) => Response.json({ id: body.id });
  await wait(1000);
  assert.equal(recorded.length, 1);
  queued.flush();
  await settle();
  assert.equal(world.sent.length, 2);
});

test('a full storage loses nothing of this page', async () => {
  const t = tab();
  t.put(decision(1));
  world.storage.quota = 10;
  t.put(decision(2));
  assert.deepEqual(ids(), [id(1)]);
  t.flush();
  await settle();
  assert.deepEqual(world.sent.map(({ body }) => body.sequence).sort(), [1, 2]);
});

for (const garbage of ['', 'x', '{}', '5', 'null', '"text"', '[null]', '[1,2]', '{"__proto__":{"x":1}}']) {
  test(`a queue of ${garbage || 'nothing'} is no queue`, async () => {
    world.storage.setItem('sekisho.queue', garbage);
    world.answer = async ({ body }) => (body.id ? Response.json({ id: body.id }) : problem(400));
    const t = tab();
    t.flush();
    await settle();
    t.put(decision(1));
    t.flush();
    await settle();
    assert.ok(recorded.some((detail) => detail.id == id(1)));
    assert.deepEqual(ids(), []);
    assert.equal(({} as any).x, undefined);
  });
}

test('what another tab’s write swallowed is written again', async () => {
  const [mine, theirs] = [tab(), tab()];
  mine.put(decision(1));
  world.storage.removeItem('sekisho.queue');
  theirs.put(decision(2));
  mine.put(decision(3));
  assert.deepEqual(ids().sort(), [id(1), id(2), id(3)]);
});

test('one tab at a time where there are Web Locks', async () => {
  const held: string[] = [];
  let tail: Promise<unknown> = Promise.resolve();
  world.navigator.locks = {
    request(name: string, fn: () => Promise<unknown>) {
      held.push(name);
      return (tail = tail.then(fn));
    },
  };
  let open = 0;
  world.answer = async ({ body }) => {
    assert.equal(++open, 1);
    await settle();
    open--;
    return Response.json({ id: body.id });
  };
  const tabs = [tab(), tab(), tab()];
  tabs.forEach(({ put }, n) => put(decision(n + 1)));
  tabs.forEach(({ flush }) => flush());
  for (let n = 0; n < 12; n++) await settle();
  assert.deepEqual(ids(), []);
  assert.deepEqual(held, ['sekisho.queue', 'sekisho.queue', 'sekisho.queue']);
  assert.deepEqual(new Set(world.sent.map(({ body }) => body.id)), new Set([id(1), id(2), id(3)]));
});

test('locks that are refused do not matter', async () => {
  world.navigator.locks = { request: () => Promise.reject(new DOMException('no', 'SecurityError')) };
  const t = tab();
  t.put(decision(1));
  t.flush();
  await settle();
  assert.deepEqual(ids(), []);
});

test('sendBeacon only in a page that goes away, where fetch cannot outlive it', async (t) => {
  clock(t);
  const beacons: [string, string][] = [];
  world.navigator.sendBeacon = (url, body) => !!beacons.push([url, body]);
  world.answer = down;
  const queued = tab();
  queued.put(decision(1));
  world.document.hidden = true;
  queued.flush();
  await settle();
  assert.equal(beacons.length, 0);
  const keepalive = Object.getOwnPropertyDescriptor(Request.prototype, 'keepalive')!;
  Reflect.deleteProperty(Request.prototype, 'keepalive');
  try {
    queued.flush();
    await settle();
    assert.deepEqual(beacons, [[URL_, JSON.stringify(decision(1))]]);
    assert.deepEqual(ids(), [id(1)], 'no answer was read');
  } finally {
    Object.defineProperty(Request.prototype, 'keepalive', keepalive);
  }
});

test('a service that never answers is given up', async (t) => {
  const timeout = mock.method(AbortSignal, 'timeout', (ms: number) => (assert.equal(ms, 30_000), AbortSignal.abort()));
  t.after(() => timeout.mock.restore());
  clock(t);
  world.answer = async ({ init }) => {
    init.signal!.throwIfAborted();
    return problem(500);
  };
  const queued = tab();
  queued.put(decision(1));
  queued.flush();
  await settle();
  assert.deepEqual(ids(), [id(1)]);
});
