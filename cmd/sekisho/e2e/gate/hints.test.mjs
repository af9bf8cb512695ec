// Links that ask for a connection and for nothing else: seen by who connects.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { chromium } from 'playwright-core';
import { until } from '../lib/until.mjs';
import { pageOf, startSite } from './harness.mjs';

const connections = { 'a.example': 0, 'x.example': 0 };
const rules = [];
for (const host of Object.keys(connections)) {
  const listener = createServer((socket) => {
    connections[host]++;
    socket.on('error', () => {}).destroy();
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  after(() => listener.close());
  rules.push(`MAP ${host} 127.0.0.1:${listener.address().port}`);
}

const site = await startSite();
// Chromium connects ahead only in a profile of its own, and only when it may do things in the background.
const profile = await mkdtemp(join(tmpdir(), 'sekisho-hints-'));
const context = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  ignoreDefaultArgs: ['--disable-background-networking'],
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-component-update', '--disable-sync', `--host-resolver-rules=${rules.join(', ')}, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1`],
});
after(async () => {
  await context.close();
  await rm(profile, { recursive: true, force: true });
});

const link = (host) => `(function (l) { l.rel = 'preconnect'; l.href = 'https://${host}/'; document.head.append(l) })(document.createElement('link'));`;
const open = async (page) => {
  for (const host in connections) connections[host] = 0;
  site.pages['/page'] = pageOf(page);
  const visit = await context.newPage();
  await visit.goto(`${site.origin}/page`);
  return visit;
};

test('a preconnecting link that a script inserts connects after the grant', async () => {
  const page = await open({ body: `<script>${link('a.example')} ${link('x.example')}</script>` });
  // The host that nobody holds was asked for last.
  await until('a connection to the host that nobody holds', () => connections['x.example'] > 0);
  assert.equal(connections['a.example'], 0);
  await page.evaluate(() => window.test.grant('a'));
  await until('a connection after the grant', () => connections['a.example'] > 0);
});

test('one that stands in the page cannot be stopped by a script', async () => {
  await open({ head: '<link rel="preconnect" href="https://a.example/">' });
  await until('a connection', () => connections['a.example'] > 0);
});
