// Sekisho under the site's own domain: the answer sets the cookie, so that browsers which cap script-written cookies
// at seven days keep the choice.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startFront } from './lib/front.mjs';
import { site } from './lib/service.mjs';
import { suite } from './lib/suite.mjs';
import { pageOf, Visit } from './lib/visit.mjs';

const www = 'www.shop.example.co.jp';
const other = 'blog.shop.example.co.jp';
const consent = 'consent.shop.example.co.jp';
const front = await startFront([www, other, consent]);
const { host, service, visitor, keep } = await suite({
  rules: front.rules,
  service: { publicUrl: `https://${consent}` },
});
await keep(front, 'stop');
Object.assign(front.ports, { [www]: host.port, [other]: host.port, [consent]: service.port });
host.pages['/'] = pageOf(service, 'shop');
await service.apply(site('shop', [`https://${www}`, `https://${other}`], ['criteo', 'microsoft-clarity']));
await service.up();

test('the answer to a decision sets the cookie for the registrable domain', visitor('set-cookie', async (visit) => {
  const answered = visit.page.waitForResponse((response) => response.url().endsWith('/v1/sites/shop/decisions'));
  await visit.open(`https://${www}/`);
  await visit.choose('accept-all');
  const response = await answered;
  assert.equal(response.status(), 201);
  const set = await response.headerValue('set-cookie');
  assert.match(set, /^sekisho=[\w-]+;/);
  assert.match(set, /Domain=\.?example\.co\.jp/i);
  assert.match(set, /Secure/i);
  assert.match(set, /SameSite=Lax/i);
  assert.doesNotMatch(set, /HttpOnly/i, 'the gate reads it');
  await visit.untilRecorded();
  const cookies = (await visit.context.cookies()).filter((cookie) => cookie.name === 'sekisho');
  assert.equal(cookies.length, 1);
  assert.equal(cookies[0].domain, '.example.co.jp');
  const months = (cookies[0].expires - Date.now() / 1000) / 86400 / 30.4;
  assert.ok(months > 5.9 && months < 6.2, `kept for ${months} months`);
  assert.equal(set.split(';')[0], `sekisho=${cookies[0].value}`);

  // Another host of the same site knows the choice, and the service is told by the cookie alone.
  const next = new Visit(visit.context, await visit.context.newPage(), visit.recorder);
  await next.open(`https://${other}/`);
  await next.settle();
  assert.deepEqual(await next.consents(), { criteo: 'granted', 'microsoft-clarity': 'granted' });
  assert.equal(await next.banner().count(), 0);
}));
