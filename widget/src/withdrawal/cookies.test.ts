import assert from 'node:assert/strict';
import { test } from 'node:test';
import { domains, erase, paths } from './cookies';

for (const [host, want] of Object.entries({
  'www.shop.example.co.jp': ['', 'www.shop.example.co.jp', 'shop.example.co.jp', 'example.co.jp', 'co.jp'],
  'example.ne.jp': ['', 'example.ne.jp', 'ne.jp'],
  'shop.example.tokyo.jp': ['', 'shop.example.tokyo.jp', 'example.tokyo.jp', 'tokyo.jp'],
  localhost: [''],
  'shop.localhost': ['', 'shop.localhost'],
  '127.0.0.1': [''],
  '[::1]': [''],
  '1.example.jp': ['', '1.example.jp', 'example.jp'],
})) {
  test(`domains of a cookie that ${host} sees`, () => assert.deepEqual(domains(host), want));
}

for (const [path, want] of Object.entries({
  '/': ['/', '//'],
  '/cart': ['/', '/cart', '/cart/'],
  '/shop/items/1.html': ['/', '/shop', '/shop/', '/shop/items', '/shop/items/', '/shop/items/1.html', '/shop/items/1.html/'],
  '/shop/': ['/', '/shop', '/shop/', '/shop//'],
})) {
  test(`paths of a cookie that ${path} sees`, () => assert.deepEqual(paths(path), want));
}

test('an address of any depth is looked at so far', () => {
  assert.equal(paths('/' + 'a/'.repeat(1000)).length, 21);
});

/** A jar with one cookie, which goes when it is told where it lies. */
const jar = (name: string, where: string) => {
  const all = new Map([[name, where], ['other', '']]);
  const writes: string[] = [];
  class Document {
    get cookie() {
      return [...all.keys()].map((name) => name + '=1').join('; ');
    }
    set cookie(text: string) {
      writes.push(text);
      const [, name, place] = /^(.+?)=; Max-Age=0; Path=(.*)$/.exec(text)!;
      if (all.get(name) == place) all.delete(name);
    }
  }
  Object.assign(globalThis, { Document, document: new Document(), location: { hostname: 'www.example.co.jp', pathname: '/a/b' } });
  return { all, writes };
};

for (const where of [
  '/', '/; Domain=example.co.jp', '/a; Domain=www.example.co.jp; Secure; SameSite=None',
  '/a/b; Domain=example.co.jp; Secure; SameSite=None; Partitioned',
]) {
  test(`a cookie is found at ${where}`, () => {
    const { all } = jar('_ga', where);
    assert.deepEqual(erase((name) => name == '_ga'), []);
    assert.deepEqual([...all.keys()], ['other']);
  });
}

test('what does not go is said; what is not there costs no write', () => {
  const { writes } = jar('_ga', 'nowhere');
  assert.deepEqual(erase((name) => name == '_gb'), []);
  assert.deepEqual(writes, []);
  assert.deepEqual(erase((name) => name == '_ga'), ['_ga']);
  assert.ok(writes.length < 100, `${writes.length} writes`);
});

test('cookies that cannot be read or written are no error', () => {
  class Document {
    get cookie(): string {
      throw new DOMException('refused', 'SecurityError');
    }
  }
  Object.assign(globalThis, { Document, document: new Document(), location: { hostname: 'localhost', pathname: '/' } });
  assert.deepEqual(erase((name) => name == '_ga'), []);
});
