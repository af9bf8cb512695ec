// The gate alone, as a test page loads it: vendors a, b and c own one host each, and the page's own scripts say who may.
import { install } from '../../../../widget/src/gate/gate';
import { release } from '../../../../widget/src/gate/release';

const ids = ['a', 'b', 'c'];
const hosts = ids.map((id) => `${id}.example`);
const granted = new Set<number>();
const seen = { held: [], released: [], unknown: [] } as Record<string, unknown[]>;
const query = new URLSearchParams(location.search);
// "?granted=a" is a visitor who has decided before.
for (const id of query.getAll('granted')) granted.add(ids.indexOf(id));

const gate = install({
  match: ({ hostname }) => hosts.indexOf(hostname),
  load: async () => ({ release }) as any,
  vendor: (id) => ids.indexOf(id),
  allowed: (vendor) => granted.has(vendor),
  strict: query.has('strict'),
  own: (host) => [location.hostname, 'own.example', 'sentinel.example'].some((own) => `.${host}`.endsWith(`.${own}`)),
  onHeld: (tag) => seen.held!.push(tag),
  onReleased: (tag) => seen.released!.push(tag),
  onUnknown: (host, kind) => seen.unknown!.push(`${kind} ${host}`),
});

Object.assign(window, {
  ran: [] as string[],
  test: {
    gate,
    seen,
    grant(...vendors: string[]) {
      for (const id of vendors) granted.add(ids.indexOf(id));
      gate.update();
    },
    withdraw(...vendors: string[]) {
      for (const id of vendors) granted.delete(ids.indexOf(id));
      gate.update();
    },
  },
});
