import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { Kept } from '../consent/cookie';
import { encode } from '../consent/encode';
import { browser } from '../testdata/browser';
import { attempt } from '../attempt';
import { cookies, mirror, newest } from './read';
import { writer } from './write';

const site = { domain: 'example.jp', expiry: 6 };
const write = (where: typeof site, shared: boolean, what: Kept) =>
  writer(where, shared, attempt, cookies, mirror)(what);
const now = () => Math.floor(Date.now() / 1e3);

const kept = (change: Partial<Kept> = {}): Kept => {
  const made = {
    visitor: String.fromCharCode(1, 1, 2, 3, 4, 5, 6, 64, 8, 128, 10, 11, 12, 13, 14, 15, 16),
    sequence: 3,
    revision: 1,
    at: now(),
    granted: '\x01',
    unanswered: new Set<number>(),
    ...change,
  };
  return { ...made, value: encode(made) };
};

let world: ReturnType<typeof browser>;
beforeEach(() => {
  world = browser();
});

test('a decision goes into cookie and mirror, and comes back', () => {
  const one = kept();
  write(site, false, one);
  assert.equal(world.jar.get(), 'sekisho=' + one.value);
  assert.equal(world.storage.getItem('sekisho'), one.value);
  assert.deepEqual(newest(undefined), one);
});

test('the cookie’s attributes', () => {
  write(site, false, kept());
  const written = world.jar.writes[0]!;
  assert.match(written, /^sekisho=[\w-]+; Path=\/; SameSite=Lax; Max-Age=\d+; Secure$/);
  const age = +/Max-Age=(\d+)/.exec(written)![1]!;
  assert.ok(Math.abs(age - 6 * 30 * 86400) < 5, `${age} s`);
});

test('the time that is left is counted from the decision', () => {
  write(site, false, kept({ at: now() - 86400 }));
  const age = +/Max-Age=(\d+)/.exec(world.jar.writes[0]!)![1]!;
  assert.ok(Math.abs(age - (6 * 30 - 1) * 86400) < 5, `${age} s`);
});

test('Secure on https alone', () => {
  world.location.protocol = 'http:';
  write(site, false, kept());
  assert.doesNotMatch(world.jar.writes[0]!, /Secure/);
});

test('in first-party mode the cookie is the domain’s', () => {
  write(site, true, kept());
  assert.equal(world.jar.writes.length, 1);
  assert.match(world.jar.writes[0]!, /; Domain=example\.jp$/);
});

test('a domain that the browser refuses leaves the cookie to the host', () => {
  world.jar.domains = [];
  const one = kept();
  write(site, true, one);
  assert.equal(world.jar.writes.length, 2);
  assert.doesNotMatch(world.jar.writes[1]!, /Domain/);
  assert.deepEqual(cookies(), [one.value]);
});

for (const domain of ['localhost', '127.0.0.1', '[::1]', '192.168.0.10']) {
  test(`no Domain for ${domain}`, () => {
    write({ ...site, domain }, true, kept());
    assert.equal(world.jar.writes.length, 1);
    assert.doesNotMatch(world.jar.writes[0]!, /Domain/);
  });
}

test('what is there already is not written again', () => {
  const one = kept();
  write(site, false, one);
  write(site, false, one);
  assert.equal(world.jar.writes.length, 1);
});

test('the highest sequence wins, wherever it is', () => {
  const [low, high] = [kept({ sequence: 3 }), kept({ sequence: 4, at: now() - 999 })];
  world.jar.set('sekisho=' + low.value);
  world.storage.setItem('sekisho', high.value);
  assert.equal(newest(undefined)!.sequence, 4);
  world = browser();
  world.jar.set('sekisho=' + high.value);
  world.storage.setItem('sekisho', low.value);
  assert.equal(newest(undefined)!.sequence, 4);
  world = browser();
  world.jar.set('sekisho=' + low.value);
  world.jar.set('sekisho=' + high.value + '; Domain=example.jp');
  assert.equal(newest(undefined)!.sequence, 4);
  assert.equal(newest(kept({ sequence: 5 }))!.sequence, 5);
});

test('of equal sequences the later time wins, then the cookie', () => {
  const [early, late] = [kept({ at: now() - 9, granted: '\x02' }), kept()];
  world.jar.set('sekisho=' + early.value);
  world.storage.setItem('sekisho', late.value);
  assert.equal(newest(undefined)!.value, late.value);
  const [mine, theirs] = [kept({ granted: '\x04' }), kept({ granted: '\x08' })];
  world = browser();
  world.storage.setItem('sekisho', mine.value);
  world.jar.set('sekisho=' + theirs.value);
  assert.equal(newest(mine)!.value, theirs.value);
});

test('of two visitors the later counts, whatever their sequences: a newer denial beats an older grant', () => {
  const grant = kept({ sequence: 9, at: now() - 99 });
  const denial = kept({ visitor: kept().visitor.slice(0, -1) + 'x', sequence: 1, granted: '' });
  world.storage.setItem('sekisho', grant.value);
  world.jar.set('sekisho=' + denial.value);
  assert.equal(newest(undefined)!.value, denial.value);
  assert.equal(newest(grant)!.value, denial.value);
});

test('garbage beside a good value does no harm', () => {
  const one = kept();
  world.jar.set('sekisho=garbage');
  world.jar.set('sekisho=' + one.value + '; Domain=example.jp');
  world.jar.set('xsekisho=' + kept({ sequence: 9 }).value);
  world.jar.set('sekisho2=' + kept({ sequence: 9 }).value);
  world.jar.set('other=a; sekisho');
  assert.equal(newest(undefined)!.value, one.value);
  assert.deepEqual(cookies(), ['garbage', one.value]);
});

test('a value of a newer format is left alone', () => {
  world.jar.set('sekisho=AgEC');
  world.storage.setItem('sekisho', 'AgEC');
  assert.equal(newest(undefined), undefined);
  assert.deepEqual(cookies(), ['AgEC']);
  assert.equal(world.storage.getItem('sekisho'), 'AgEC');
});

test('nothing throws where storage and cookies are refused', () => {
  world.storageFault = true;
  world.jar.fault = 'throws';
  const one = kept();
  write(site, true, one);
  assert.equal(newest(undefined), undefined);
  assert.equal(newest(one), one);
  assert.deepEqual(cookies(), []);
});

test('a full storage leaves the cookie, dropped cookies leave the mirror', () => {
  world.storage.quota = 0;
  const one = kept();
  write(site, false, one);
  assert.equal(newest(undefined)!.value, one.value);
  world = browser();
  world.jar.fault = 'ignores';
  write(site, false, one);
  assert.equal(newest(undefined)!.value, one.value);
});

test('an element that is named "cookie" hides nothing', () => {
  Object.defineProperty(document, 'cookie', { value: 'sekisho=element' });
  const one = kept();
  write(site, false, one);
  assert.deepEqual(cookies(), [one.value]);
});
