// Decisions as a site's pages send them, without a browser.
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';

/** A UUIDv7 of now (RFC 9562). */
function newId() {
  const hex = Date.now().toString(16).padStart(12, '0') + '7' + randomBytes(2).toString('hex').slice(1) + 'b' + randomBytes(8).toString('hex').slice(1);
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Sends a decision of a new visitor about Criteo under revision 1. Returns { visitor, receipt }. */
export async function decide(url, origin, { action, language = 'ja', key = 'shop' }) {
  const visitor = randomUUID();
  const granted = action === 'accept-all';
  const response = await fetch(`${url}/v1/sites/${key}/decisions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify({
      id: newId(), visitor, sequence: 1, revision: 1, action, granted: granted ? ['criteo'] : [], denied: granted ? [] : ['criteo'],
      language, layer: 1, at: new Date().toISOString(), page: '/items',
    }),
  });
  assert.equal(response.status, 201, await response.clone().text());
  return { visitor, receipt: (await response.json()).receipt };
}
