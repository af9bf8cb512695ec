// One visitor's browser on one page of the site: what a test sees of it and does in it.
import assert from 'node:assert/strict';
import { until } from './until.mjs';

/** Goes behind the service's tag: keeps what window.sekisho says and what vendors' scripts ran. */
export const listener = `<script>
var ran = [], seen = { held: [], released: [], consent: [], recorded: [], banner: [] };
if (window.sekisho) Object.keys(seen).forEach(function (name) {
  sekisho.on(name, function (detail) { seen[name].push(detail === undefined ? null : JSON.parse(JSON.stringify(detail))); });
});
</script>`;

/** A page of the site: the service's tag first, then whatever the site pastes. */
export const pageOf = (service, key, { before = '', head = '', body = '', attributes = '', lang = 'ja' } = {}) => `<!doctype html>
<html lang="${lang}">
<head>
<meta charset="utf-8">
${before}<script ${attributes} src="${service.url}/s/${key}.js"></script>
${listener.replace('<script>', `<script ${attributes}>`)}
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>試験の店</title>
${head}
</head>
<body>
<h1>試験の店</h1>
<p><a href="#" id="first">最初のリンク</a></p>
<button type="button" id="settings" data-sekisho="open">設定</button>
${body}
</body>
</html>`;

let sentinels = 0;

export class Visit {
  /** context: a Playwright context. recorder: where the vendors' hosts are mapped to. */
  constructor(context, page, recorder) {
    Object.assign(this, { context, page, recorder, errors: [] });
    page.on('pageerror', (error) => this.errors.push(error.message));
  }

  async open(url) {
    await this.page.goto(url);
    return this;
  }

  part(selector) {
    return this.page.locator(`#sekisho ${selector}`);
  }

  action(name) {
    return this.part(`[data-action="${name}"]`).first();
  }

  banner() {
    return this.action('accept-all');
  }

  /** Waits for the banner, acts on it, and waits for it to have gone. */
  async choose(name) {
    await this.banner().waitFor();
    await this.action(name).click();
    await this.banner().waitFor({ state: 'detached' });
  }

  ran() {
    return this.page.evaluate(() => window.ran);
  }

  seen(name) {
    return this.page.evaluate((name) => window.seen[name], name);
  }

  consents() {
    return this.page.evaluate(() => window.sekisho.consents());
  }

  /** Vendors of which the gate holds, or has held, a tag on this page. */
  async heldVendors() {
    return [...new Set((await this.seen('held')).map((tag) => tag.vendor))];
  }

  async untilHeld(vendors) {
    await until(`held: ${vendors}`, async () => {
      const held = await this.heldVendors();
      const missing = vendors.filter((vendor) => !held.includes(vendor));
      assert.deepEqual(missing, [], 'not held yet');
      return true;
    });
  }

  async untilRan(vendors) {
    await until(`ran: ${vendors}`, async () => {
      const ran = await this.ran();
      assert.deepEqual(vendors.filter((vendor) => !ran.includes(vendor)), [], 'not run yet');
      return true;
    });
  }

  async untilRecorded(count = 1) {
    return until('the service to have recorded', async () => {
      const recorded = await this.seen('recorded');
      return recorded.length >= count && recorded;
    });
  }

  /** What is left to send to the service. */
  queue() {
    return this.page.evaluate(() => JSON.parse(localStorage['sekisho.queue'] ?? '[]'));
  }

  async cookie() {
    return (await this.context.cookies()).find((cookie) => cookie.name === 'sekisho');
  }

  /** The visitor's id: bytes 1 to 16 of the cookie, behind the format's number. */
  async visitor() {
    const bytes = Buffer.from((await this.cookie()).value, 'base64url');
    return bytes.subarray(1, 17).toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  }

  /**
   * The page has loaded, painted twice, and a request that it sent after all that has come to the recorder (to a
   * host that no vendor owns): what it wanted to send before is there, or was never sent.
   */
  async settle() {
    await this.page.waitForLoadState('load');
    const address = `https://sentinel.example/${++sentinels}`;
    await this.page.evaluate(async (address) => {
      for (let i = 0; i < 2; i++) await new Promise((done) => requestAnimationFrame(done));
      await new Promise((done, fail) => {
        const image = new Image();
        image.onload = done;
        image.onerror = () => fail(new Error('the sentinel did not get through'));
        image.src = address;
      });
    }, address);
  }

  /** Requests that reached vendors' hosts, without the sentinels. */
  reached() {
    return this.recorder.requests.filter((request) => request.host !== 'sentinel.example');
  }
}
