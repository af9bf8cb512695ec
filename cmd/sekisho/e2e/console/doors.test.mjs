// Into the console and out again: set-up link, sign-in, what happens with a wrong password, without script and by keyboard.
import assert from 'node:assert/strict';
import { site } from '../lib/service.mjs';
import { accessible, consoleSuite, fits, owner, PHONE } from './lib.mjs';

const { walk, service, url } = await consoleSuite(site('shop', ['http://127.0.0.1:9100'], ['criteo']));

const words = {
  ja: { signIn: 'ログイン', sites: 'サイト', wrong: 'メールアドレスまたはパスワードが違います', spent: 'このリンクは使えません' },
  en: { signIn: 'Sign in', sites: 'Sites', wrong: 'The email or the password is wrong', spent: 'This link does not work' },
};

for (const [lang, say] of Object.entries(words))
  for (const [how, options] of [['with script', {}], ['without script, on a phone', { javaScriptEnabled: false, viewport: PHONE }]])
    walk(`sign-in, ${lang}, ${how}`, async ({ page, go }) => {
      await go(`/console/sites?lang=${lang}`);
      assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), say.signIn);
      await page.fill('#email', owner.email);
      await page.fill('#password', 'not the password');
      await page.keyboard.press('Enter');
      assert.match(await page.getByRole('alert').innerText(), new RegExp(say.wrong));
      assert.equal(await page.inputValue('#email'), owner.email, 'what was typed is kept');
      assert.equal(await page.inputValue('#password'), '', 'but not the password');
      await fits(page);
      await page.fill('#password', owner.password);
      await page.keyboard.press('Enter');
      await page.waitForURL(`${url}/console/sites?lang=${lang}`);
      assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), say.sites);
      await page.locator('.me summary').click();
      await page.getByRole('button').last().click();
      await page.waitForURL(/sign-in\?done=signed-out/);
      await go('/console/sites');
      await page.waitForURL(/sign-in/);
    }, { lang, signedIn: false, ...options });

walk('the set-up link works once', async ({ page, go }) => {
  const [, link] = /(\/console\/link\/\S+)/.exec(service.said());
  assert.equal((await go(link)).status(), 404);
  assert.match(await page.getByRole('alert').innerText(), new RegExp(words.ja.spent));
}, { signedIn: false });

walk('a link elsewhere is no place to go on to', async ({ page, go }) => {
  for (const next of ['https://evil.example/console/', '//evil.example/console/', '/\\evil.example', 'javascript:alert(1)']) {
    await go(`/console/sign-in?next=${encodeURIComponent(next)}`);
    assert.equal(await page.inputValue('[name=next]'), '/console/', next);
  }
}, { signedIn: false });

for (const colorScheme of ['light', 'dark'])
  walk(`axe finds nothing at the doors, ${colorScheme}`, async ({ page, go }) => {
    for (const path of ['/console/sign-in', '/console/sign-in/code', '/console/link/none', '/console/help']) {
      await go(path);
      await accessible(page);
    }
  }, { signedIn: false, colorScheme });

walk('axe finds nothing on the list of sites', async ({ page, go }) => {
  await go('/console/sites');
  await accessible(page);
  await page.locator('.me summary').press('Enter');
  await accessible(page);
});
