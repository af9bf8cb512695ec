// What screen readers are told: Chromium's own accessibility tree of both layers, line by line.

import assert from 'node:assert/strict';
import test, { after, afterEach } from 'node:test';
import { action, setUp, unfold } from './host.mjs';

const { visit } = await setUp({ after, afterEach });
const FEW = { ids: ['google-analytics-4', 'criteo'] };

/** States that are read out. Of "focusable" and the like there is no end. */
const READ = ['modal', 'checked', 'expanded', 'level', 'live'];

/** The tree that assistive technology gets, from `root` on (by role, else all), a line an element: role, name, states, description. */
async function outline(page, root) {
  const client = await page.context().newCDPSession(page);
  const { nodes } = await client.send('Accessibility.getFullAXTree');
  await client.detach();
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  const lines = [];
  const walk = (id, depth) => {
    const node = byId.get(id);
    if (!node) return;
    const role = node.role?.value;
    const silent = node.ignored || ['generic', 'StaticText', 'InlineTextBox', 'none'].includes(role) || (role === 'group' && !node.name?.value);
    if (!silent) {
      const states = READ.flatMap((name) => node.properties?.filter((property) => property.name === name).map(({ value }) => `${name} ${value.value}`) ?? []);
      const about = node.description?.value && ` – ${node.description.value}`;
      lines.push('  '.repeat(depth) + [role, node.name?.value && `“${node.name.value}”`, states.length && `(${states.join(', ')})`].filter(Boolean).join(' ') + (about || ''));
    }
    for (const child of node.childIds ?? []) walk(child, silent ? depth : depth + 1);
  };
  walk(nodes.find((node) => !root || (!node.ignored && node.role?.value === root)).nodeId, 0);
  return lines.join('\n');
}

const BANNER = {
  ja: `
region “外部への情報送信について”
  heading “外部への情報送信について” (level 2)
  paragraph
    link “送信先と送信される情報”
  button “すべて許可”
  button “すべて拒否”
  button “個別に設定”`,
  en: `
region “Information sent to outside vendors”
  heading “Information sent to outside vendors” (level 2)
  paragraph
    link “Who receives what”
  button “Accept all”
  button “Reject all”
  button “Preferences”`,
};

for (const language of ['ja', 'en'])
  test(`${language}: the first layer is a region with a name, beside a page that stays in reach, and a place that speaks`, async () => {
    const page = await visit({ ...FEW, language });
    assert.equal('\n' + (await outline(page, 'region')), BANNER[language]);
    const whole = await outline(page);
    assert.match(whole, /^ {2}status \(live polite\)$/m);
    assert.match(whole, /^ {2}main$/m);
    assert.equal(await page.locator('#sekisho [lang]').first().getAttribute('lang'), language);
  });

for (const language of ['ja', 'en'])
  test(`${language}: the first layer in the middle is a modal dialog, and nothing else is in reach`, async () => {
    const page = await visit({ ...FEW, language, theme: { layout: 'dialog', position: 'center' } });
    const whole = await outline(page);
    assert.match(whole, /^ {2}dialog “.+” \(modal true\)/m);
    assert.doesNotMatch(whole, /main|navigation/);
    const rest = (text) => text.trim().split('\n').slice(1).join('\n');
    assert.equal(rest(await outline(page, 'dialog')), rest(BANNER[language]));
  });

test('the way back in says where it leads', async () => {
  for (const [language, name] of [['ja', 'プライバシー設定'], ['en', 'Privacy preferences']]) {
    const page = await visit({ language, granted: 'all', decided: true });
    assert.match(await outline(page), new RegExp(`^ {2}button “${name}”$`, 'm'));
  }
});

/** One who is linked with personal data, one who is necessary, a purpose of several, which says how many, and one of a single vendor. */
const ALL_KINDS = { ids: ['google-analytics-4', 'microsoft-clarity', 'criteo', 'meta-pixel', 'stripe'], linked: ['meta-pixel'], decided: true, granted: ['microsoft-clarity'], denied: ['criteo'] };
const PREFERENCES = {
  ja: `
dialog “プライバシー設定” (modal true)
  heading “プライバシー設定” (level 2)
  button “閉じる”
  paragraph
  paragraph
  button “許可をすべて撤回”
  status (live polite)
  heading “個人データとのひも付け” (level 3)
  switch “個人データとのひも付け” (checked false)
  paragraph
  paragraph
  list
    listitem (level 1)
      DisclosureTriangle “Metaピクセル（Facebook・Instagram広告） 広告、アクセス解析 未選択” (expanded false)
      switch “Metaピクセル（Facebook・Instagram広告）” (checked false)
  heading “必要不可欠” (level 3)
  paragraph
  list
    listitem (level 1)
      DisclosureTriangle “Stripe（ストライプ）” (expanded false)
  heading “アクセス解析” (level 3)
  switch “アクセス解析” (checked false) – 2件中1件を許可
  paragraph
  list
    listitem (level 1)
      DisclosureTriangle “Googleアナリティクス（GA4） 広告にも利用 未選択” (expanded false)
      switch “Googleアナリティクス（GA4）” (checked false)
    listitem (level 1)
      DisclosureTriangle “Microsoft Clarity（クラリティ） 広告にも利用” (expanded false)
      switch “Microsoft Clarity（クラリティ）” (checked true)
  heading “広告” (level 3)
  switch “広告” (checked false)
  paragraph
  list
    listitem (level 1)
      DisclosureTriangle “Criteo（クリテオ）” (expanded false)
      switch “Criteo（クリテオ）” (checked false)
  link “privacy@example.jp”
  link “03-0000-0000”
  status (live polite)
    button “あなたの記録”
  button “すべて許可”
  button “すべて拒否”
  button “選択を保存”`,
  en: `
dialog “Privacy preferences” (modal true)
  heading “Privacy preferences” (level 2)
  button “Close”
  paragraph
  paragraph
  button “Withdraw all consent”
  status (live polite)
  heading “Linked with personal data” (level 3)
  switch “Linked with personal data” (checked false)
  paragraph
  paragraph
  list
    listitem (level 1)
      DisclosureTriangle “Meta Pixel (Facebook and Instagram ads) Advertising, Analytics Not chosen yet” (expanded false)
      switch “Meta Pixel (Facebook and Instagram ads)” (checked false)
  heading “Necessary” (level 3)
  paragraph
  list
    listitem (level 1)
      DisclosureTriangle “Stripe” (expanded false)
  heading “Analytics” (level 3)
  switch “Analytics” (checked false) – 1 of 2 allowed
  paragraph
  list
    listitem (level 1)
      DisclosureTriangle “Google Analytics 4 Also for Advertising Not chosen yet” (expanded false)
      switch “Google Analytics 4” (checked false)
    listitem (level 1)
      DisclosureTriangle “Microsoft Clarity Also for Advertising” (expanded false)
      switch “Microsoft Clarity” (checked true)
  heading “Advertising” (level 3)
  switch “Advertising” (checked false)
  paragraph
  list
    listitem (level 1)
      DisclosureTriangle “Criteo” (expanded false)
      switch “Criteo” (checked false)
  link “privacy@example.jp”
  link “03-0000-0000”
  status (live polite)
    button “Your record”
  button “Accept all”
  button “Reject all”
  button “Save choices”`,
};

for (const language of ['ja', 'en'])
  test(`${language}: the preferences are a modal dialog with a name, and nothing else is in reach`, async () => {
    const page = await visit({ ...ALL_KINDS, language });
    await action(page, 'preferences').click();
    await page.locator('#sekisho [part=preferences]').waitFor();
    assert.equal('\n' + (await outline(page, 'dialog')), PREFERENCES[language]);
    assert.doesNotMatch(await outline(page), /main|navigation|region/);
  });

/** Controls of the interface whose visible words are not in their name (WCAG 2.2, 2.5.3), or that have no name. */
const nameless = async (page) => {
  const found = [];
  for (const control of await page.locator('#sekisho :is(button, a[href], summary, input)').all()) {
    const { words, name } = await control.evaluate((e) => ({ words: e.checkVisibility() ? e.innerText : null, name: e.getAttribute('aria-label') ?? e.textContent }));
    const plain = (text) => text.replace(/\s+/g, '');
    if (words !== null && (!plain(name) || !plain(name).includes(plain(words)))) found.push(`“${words}” is called “${name}”`);
  }
  return found;
};

test('every control has a name, and its visible words are in it (2.5.3)', async () => {
  for (const language of ['ja', 'en']) {
    const page = await visit({ ...FEW, language, granted: ['criteo'], decided: true });
    assert.deepEqual(await nameless(page), []);
    await action(page, 'preferences').click();
    await page.locator('#sekisho [part=preferences]').waitFor();
    await unfold(page);
    assert.deepEqual(await nameless(page), []);
  }
});

test('whom to ask stands at the same place whatever is shown (3.2.6): behind all choices, before what answers for all', async () => {
  for (const options of [{}, { granted: 'all', decided: true }, { signalled: true, denied: ['criteo'] }, { mode: 1 }, { ids: ['criteo'] }]) {
    const page = await visit(options);
    await action(page, 'preferences').or(action(page, 'reopen')).click();
    await page.locator('#sekisho [part=preferences]').waitFor();
    const order = await page.locator('#sekisho [part=preferences] :is([role=switch], a[href^="mailto:"], [data-action])').evaluateAll((all) => all.map((e) => e.dataset.action || e.getAttribute('role') || 'contact'));
    assert.ok(order.lastIndexOf('switch') < order.indexOf('contact'), order.join());
    assert.deepEqual(order.slice(order.indexOf('contact')), ['contact', 'record', 'accept-all', 'reject-all', 'save']);
  }
});
