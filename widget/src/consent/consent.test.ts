// Holds the widget to the vectors that server/consent writes.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Flag, type SiteVendor } from '../types';
import { decode, type Kept } from './cookie';
import { encode } from './encode';
import { allows, fold, Verdict, WORDS } from './fold';
import { format, mint } from './id';
import { merge } from './merge';

const vectors = (name: string) =>
  JSON.parse(readFileSync(join(import.meta.dirname, '../../server/consent/testdata', name), 'utf8'));

const bits = (kept: Pick<Kept, 'granted'>) =>
  [...kept.granted].flatMap((byte, at) =>
    [0, 1, 2, 3, 4, 5, 6, 7].filter((bit) => (byte.charCodeAt(0) >> bit) & 1).map((bit) => at * 8 + bit),
  );

interface CookieVector {
  name: string;
  value: string;
  encoded?: string;
  cookie: null | { visitor: string; sequence: number; revision: number; at: number; granted: number[]; unanswered: number[] };
}

const cookies: CookieVector[] = vectors('cookie.json');

test('a cookie is read as the service reads it', () => {
  assert.ok(cookies.length >= 40);
  for (const { name, value, cookie, encoded } of cookies) {
    const kept = decode(value);
    assert.deepEqual(
      kept && {
        visitor: format(kept.visitor),
        sequence: kept.sequence,
        revision: kept.revision,
        at: kept.at,
        // What Go drops in reading, trailing zeros, is dropped here in writing.
        granted: bits(kept),
        unanswered: [...kept.unanswered],
      },
      cookie || undefined,
      name,
    );
    if (kept && encoded == value) assert.equal(encode(kept), encoded, name);
    if (kept) assert.equal(kept.value, value, name);
  }
});

test('a damaged cookie is refused, or is another one in its own right', () => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=% ;\n';
  const fields = (kept?: Kept) => kept && { ...kept, value: '', unanswered: [...kept.unanswered] };
  const good = cookies.filter(({ cookie, value }) => cookie && value.length < 300);
  for (const { value } of good) {
    for (let at = 0; at < value.length; at++) {
      for (const letter of [alphabet[(at * 31) % alphabet.length], alphabet[(at * 17 + 5) % alphabet.length]]) {
        const kept = decode(value.slice(0, at) + letter + value.slice(at + 1));
        if (kept) assert.deepEqual(fields(decode(encode(kept))), fields(kept));
      }
      const cut = decode(value.slice(0, at));
      // What is cut off may be the list of the unanswered, who then count as denied: never more is granted.
      if (cut) assert.deepEqual(cut.granted, decode(value)?.granted);
    }
  }
});

interface FoldVector {
  name: string;
  now: number;
  expiry: number;
  mode: 0 | 1 | 2;
  paused: boolean;
  vendors: SiteVendor[];
  cookie: string;
  gpc: boolean;
  verdicts: [string, string, boolean][];
}

const BASIS = ['default', 'necessary', 'choice', 'choice', 'signal'];

test('the fold is the service’s', () => {
  const all: FoldVector[] = vectors('fold.json');
  assert.ok(all.length >= 40);
  for (const { name, now, cookie, gpc, verdicts, ...site } of all) {
    const kept = decode(cookie);
    assert.equal(!!kept, !!cookie, name);
    const got = fold(site, kept, gpc, now).map((verdict) => [WORDS[verdict], BASIS[verdict], allows(site, verdict, true)]);
    assert.deepEqual(got, verdicts, name);
  }
});

test('what is stored but cannot be read lets nothing through by default', () => {
  for (const mode of [0, 1, 2] as const) {
    const site = { mode, paused: false };
    assert.equal(allows(site, Verdict.Unasked, false), false);
    assert.equal(allows(site, Verdict.Necessary, false), true);
    assert.equal(allows(site, undefined, true), false, 'a fold that failed');
  }
});

interface Step {
  revision: number;
  expiry: number;
  vendors: SiteVendor[];
  now: number;
  choices: Record<string, boolean>;
  cookie: string;
}

test('decisions merged in the browser come to what the service holds', () => {
  const lives: Step[][] = vectors('merge.json');
  assert.ok(lives.length >= 20);
  for (const life of lives) {
    let kept: Kept | undefined;
    const { visitor } = decode(life[0].cookie)!;
    for (const { now, choices, cookie, ...site } of life) {
      const next = merge(site, kept, fold(site, kept, 0, now), new Map(Object.entries(choices)), now);
      kept = { ...next, visitor, value: '' };
      assert.equal(encode(kept), cookie);
    }
  }
});

test('a decision carries over no answer that holds no longer', () => {
  const site = { revision: 2, expiry: 6, vendors: [['a', 0, 1, 0], ['b', 1, 1, 0], ['c', 2, 2, 0]] as SiteVendor[] };
  const start = Date.UTC(2026, 0, 1);
  const whole = (decided: Omit<Kept, 'value'>): Kept => ({ ...decided, value: encode(decided) });
  const first = whole(merge(site, undefined, [0, 0, 0], new Map([['a', true], ['b', true], ['c', false]]), start));
  assert.equal(first.sequence, 1);
  const later = (now: number) => merge(site, first, fold(site, first, 0, now), new Map([['c', true]]), now);
  const held = later(start + 180 * 86400e3 - 1);
  assert.deepEqual([bits(held), [...held.unanswered], held.sequence], [[0, 1, 2], [], 2]);
  assert.equal(held.visitor, first.visitor);
  const expired = later(start + 180 * 86400e3);
  assert.deepEqual([bits(expired), [...expired.unanswered], expired.sequence], [[2], [0, 1], 2]);
});

test('a tab from before a publication leaves standing what it has never heard of', () => {
  const whole = (decided: Omit<Kept, 'value'>): Kept => ({ ...decided, value: encode(decided) });
  const older = { revision: 1, expiry: 6, vendors: [['a', 0, 1, 0], ['b', 1, 1, 0]] as SiteVendor[] };
  // d and e came in with the newer revision; e nobody was asked about yet.
  const newer = { revision: 2, expiry: 6, vendors: [...older.vendors, ['c', 2, 2, 0], ['d', 9, 2, 0], ['e', 17, 2, 0]] as SiteVendor[] };
  const start = Date.UTC(2026, 0, 1);
  const decide = (site: typeof older, kept: Kept | undefined, choices: Record<string, boolean>, now: number) =>
    whole(merge(site, kept, fold(site, kept, 0, now), new Map(Object.entries(choices)), now));
  const words = (site: typeof older, kept: Kept, now: number) =>
    site.vendors.map(([id], i) => id + ' ' + WORDS[fold(site, kept, 0, now)[i]]);

  const first = decide(newer, undefined, { a: true, b: false, c: false, d: true }, start);
  const taken = decide(older, first, { a: false }, start + 1000);
  assert.equal(taken.sequence, 2);
  assert.equal(taken.revision, 2);
  assert.deepEqual(words(newer, taken, start + 1000), ['a denied', 'b denied', 'c denied', 'd granted', 'e unasked']);
  // b may have been denied on the new terms.
  const all = decide(older, taken, { a: true, b: true }, start + 3000);
  assert.deepEqual(words(newer, all, start + 3000), ['a denied', 'b denied', 'c denied', 'd granted', 'e unasked'], 'no denial becomes a grant');
  assert.deepEqual(words(older, all, start + 3000), ['a denied', 'b denied']);
  assert.deepEqual(words(newer, decide(older, all, { a: false, b: false }, start + 4000), start + 4000), ['a denied', 'b denied', 'c denied', 'd granted', 'e unasked']);

  // What had run out is not revived.
  const late = start + 181 * 86400e3;
  assert.deepEqual(words(newer, decide(older, first, { a: true }, late), late), ['a granted', 'b unasked', 'c unasked', 'd unasked', 'e unasked']);
});

test('a tab from before a publication answers nothing on terms that it has not shown', () => {
  const whole = (decided: Omit<Kept, 'value'>): Kept => ({ ...decided, value: encode(decided) });
  const older = { revision: 1, expiry: 6, vendors: [['a', 0, 1, 0], ['b', 1, 1, 0], ['n', 2, 1, Flag.Necessary], ['m', 3, 1, Flag.Necessary]] as SiteVendor[] };
  // b has new terms; n and m are no longer necessary.
  const newer = { revision: 2, expiry: 6, vendors: [['a', 0, 1, 0], ['b', 1, 2, 0], ['n', 2, 2, 0], ['m', 3, 2, 0]] as SiteVendor[] };
  const now = Date.UTC(2026, 0, 1);
  const decide = (site: typeof older, kept: Kept | undefined, choices: Record<string, boolean>) =>
    whole(merge(site, kept, fold(site, kept, 0, now), new Map(Object.entries(choices)), now));
  const words = (kept: Kept) => fold(newer, kept, 0, now).map((verdict) => WORDS[verdict]).join(' ');

  const asked = decide(newer, decide(older, undefined, { a: true, b: true }), { n: true });
  assert.equal(words(asked), 'granted unasked granted unasked');
  assert.equal(words(decide(older, asked, { b: true })), 'granted unasked granted unasked', 'nobody has asked about b anew');
  assert.equal(words(decide(older, asked, { b: false })), 'granted denied granted unasked', 'a denial needs no asking');
  assert.equal(words(decide(older, asked, { a: false, b: true })), 'denied unasked granted unasked');
  const refused = decide(newer, asked, { b: false, m: false });
  assert.equal(words(decide(older, refused, { a: true, b: true })), 'granted denied granted denied');
});

test('a choice is found by its own name alone', () => {
  const site = { revision: 1, expiry: 6, vendors: [['constructor', 0, 1, 0], ['toString', 1, 1, 0]] as SiteVendor[] };
  const kept = merge(site, undefined, [0, 0], new Map([['other', true]]), Date.now());
  assert.deepEqual([bits(kept), [...kept.unanswered]], [[], [0, 1]]);
});

test('a visitor’s id is a UUID of version 4', () => {
  const ids = Array.from({ length: 200 }, () => format(mint()));
  for (const id of ids) assert.match(id, /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  assert.equal(new Set(ids).size, 200);
});
