// A link that asks for a connection and for nothing else, before and after a choice. The matrix has what is in the markup.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../lib/until.mjs';
import { gateCode, pageOf } from './harness.mjs';
import { connectionLane } from './lane.mjs';

const lane = await connectionLane();
const code = await gateCode();
lane.host.pages['/gate.js'] = () => ({ body: code, headers: { 'content-type': 'text/javascript' } });

test('a preconnecting link that a script inserts connects after the grant', async () => {
  lane.serve(pageOf({ body: `<script>(function (l) { l.rel = 'preconnect'; l.href = 'https://a.example/'; document.head.append(l) })(document.createElement('link'))</script>` }));
  assert.equal(await lane.connects(), false);
  await lane.page.evaluate(() => window.test.grant('a'));
  await until('a connection after the grant', () => lane.connected());
});
