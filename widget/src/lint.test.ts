// Holds eslint.config.js to what it promises.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';

const repository = join(import.meta.dirname, '../..');
const { ESLint } = createRequire(join(repository, 'package.json'))('eslint');
const eslint = new ESLint({ cwd: repository });

/** The rules that a file of this path and text breaks. */
const broken = async (path: string, text: string): Promise<string[]> => {
  const [{ messages }] = await eslint.lintText(text, { filePath: join(repository, 'widget/src', path) });
  return messages.map(({ ruleId, message }: { ruleId: string | null; message: string }) => ruleId || message);
};

const from = (path: string) => `import { x } from '${path}';\nexport const y = x;\n`;

for (const [file, path, may] of [
  ['consent/a.ts', './cookie', true],
  ['consent/a.ts', '../types', true],
  ['consent/a.ts', '../attempt', false],
  ['consent/a.ts', '../store/read', false],
  ['consent/a.ts', 'lodash', false],
  ['consent/a.ts', 'node:fs', false],
  ['consent/a.test.ts', 'node:fs', true],
  ['gate/a.ts', './match', true],
  ['gate/a.ts', '../types', true],
  ['gate/a.ts', '../ui/dom', false],
  ['gate/a.ts', '../consent/fold', false],
  ['gate/a.ts', '../consent', false],
  ['banner/a.ts', '../ui/dom', true],
  ['banner/a.ts', '../i18n/text', true],
  ['banner/a.ts', '../consent/fold', true],
  ['banner/a.ts', 'sekisho:banner', true],
  ['banner/a.ts', 'sekisho:site', false],
  ['banner/a.ts', '../gate/gate', false],
  ['banner/a.ts', '../late', false],
  ['banner/main.ts', '../late', true],
  ['preferences/a.ts', '../ui/dom', true],
  ['preferences/a.ts', '../banner/banner', false],
  ['preferences/a.ts', '../transport/queue', false],
  ['embeds/a.ts', '../ui/dom', true],
  ['embeds/a.ts', 'sekisho:embeds', true],
  ['embeds/a.ts', '../gate/release', false],
  ['embeds/a.ts', 'sekisho:site', false],
  ['embeds/watch.ts', 'sekisho:site', true],
  ['store/a.ts', '../consent/cookie', true],
  ['store/a.ts', '../ui/dom', false],
  ['signals/a.ts', '../consent/fold', true],
  ['signals/a.ts', '../page', true],
  ['signals/a.ts', '../store/read', false],
  ['banner/a.ts', '../page', false],
  ['signals/a.ts', '../gate/gate', false],
  ['transport/a.ts', '../attempt', true],
] as const) {
  test(`${file} ${may ? 'may' : 'must not'} import ${path}`, async () => {
    assert.equal((await broken(file, from(path))).includes('no-restricted-imports'), !may);
  });
}

for (const text of [
  'export const f = (e: Element, s: string) => { e.innerHTML = s; };',
  'export const f = (e: Element, s: string) => { e.outerHTML = s; };',
  'export const f = (e: Element) => { e.innerHTML = "<b>fixed</b>"; };',
  'export const f = (e: Element, s: string) => e.insertAdjacentHTML("beforeend", s);',
  'export const f = (s: string) => document.write(s);',
  'export const f = (s: string) => new DOMParser().parseFromString(s, "text/html");',
  'export const f = (s: string) => new Range().createContextualFragment(s);',
  'export const f = (e: HTMLIFrameElement, s: string) => { e.srcdoc = s; };',
  'export const f = (s: string) => eval(s);',
  'export const f = (s: string) => new Function(s);',
  'export const f = () => setTimeout("alert(1)");',
]) {
  test(`refused: ${text}`, async () => {
    assert.notDeepEqual(await broken('ui/a.ts', text + '\n'), []);
  });
}
