// Debian's Chromium, with the whole outside world mapped to one port of this machine.
import { chromium } from 'playwright-core';

/** Hosts that the browser itself talks to: these are not mapped and so not found. */
const own = ['update.googleapis.com', 'accounts.google.com', 'clients2.google.com', 'optimizationguide-pa.googleapis.com',
  'content-autofill.googleapis.com', 'android.clients.google.com'];

/** rules: further mappings, before the one that catches everything ("MAP www.shop.example.co.jp 127.0.0.1"). more: further options. */
export const launch = (outside, rules = [], more = {}) =>
  chromium.launch({
    ...more,
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync', '--ignore-certificate-errors',
      ...(outside
        ? [`--host-resolver-rules=${[...rules, `MAP * 127.0.0.1:${outside.port}`, 'EXCLUDE 127.0.0.1', 'EXCLUDE localhost',
            'EXCLUDE *.localhost', ...own.map((host) => `EXCLUDE ${host}`)].join(', ')}`]
        : [])],
  });
