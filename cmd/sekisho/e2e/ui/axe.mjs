// axe-core on the interface: what it finds wrong, in words.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './sample.mjs';

const source = readFileSync(join(repository, 'node_modules/axe-core/axe.min.js'), 'utf8');

/**
 * Fails with what axe finds by WCAG 2.2 AA and its own best practices, within `what` (a selector, or "document" for the
 * whole page, which adds what concerns pages as such). Contrast is left to contrast.mjs: within a popover axe cannot tell,
 * and takes most of its time for that.
 */
export async function axeFindsNothing(page, told, what = '#sekisho') {
  if (!(await page.evaluate(() => !!window.axe))) await page.evaluate(source);
  const { violations, incomplete, passes } = await page.evaluate(
    (what) =>
      window.axe.run(what === 'document' ? document : what, {
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
        rules: { 'color-contrast': { enabled: false } },
      }),
    what,
  );
  const words = (found) => found.map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.target.flat().join(' ')} ${node.failureSummary}`).join('; ')}`);
  assert.deepEqual(words([...violations, ...incomplete]), [], told);
  assert.ok(passes.some(({ nodes }) => nodes.some((node) => node.target.flat().length > 1)), `${told}: axe looked inside`);
}
