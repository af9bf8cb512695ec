// Writes the table of widget/README.md from what the matrix has measured last: `node cmd/sekisho/e2e/gate/table.mjs`.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { results } from '../lib/suite.mjs';

/** Where matrix.test.mjs leaves what it saw: { ways: { id: name }, rows: [{ group, name, cells: { id: promise } }] }. */
export const measured = `${results}matrix.json`;
export const command = 'node cmd/sekisho/e2e/gate/table.mjs';
const readme = fileURLToPath(new URL('../../../../widget/README.md', import.meta.url));
const [BEGIN, END] = ['<!-- matrix: written by cmd/sekisho/e2e/gate/table.mjs -->', '<!-- /matrix -->'];
const PROMISES = ['no request', 'not executed', 'cannot be prevented'];
const line = (cells) => `| ${cells.join(' | ')} |`;

/** The table: a line for the rows of a group that have all promises in common, then how many there are of each. */
export function render({ ways, rows }) {
  const lines = new Map();
  const ids = Object.keys(ways);
  for (const { group, name, cells } of rows) {
    const key = [group, ...ids.map((id) => cells[id])].join('\n');
    lines.set(key, { group, cells, names: [...(lines.get(key)?.names ?? []), name] });
  }
  const count = (promise) => ids.map((id) => rows.filter(({ cells }) => cells[id].replace('*', '') === promise).length);
  return [
    line(['how a tag comes', 'ways', ...Object.values(ways)]),
    line(['---', '--:', ...ids.map(() => '---')]),
    ...[...lines.values()].map(({ group, cells, names }) => line([
      names.length > 12 ? `**${group}** any of the DOM’s methods and properties` : `**${group}** ${names.join(' · ')}`,
      names.length, ...ids.map((id) => cells[id])])),
    ...PROMISES.map((promise) => line([`**${promise}**`, rows.length, ...count(promise)])),
  ].join('\n');
}

const cut = (text) => {
  const [start, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (start < 0 || end < start) throw new Error(`${readme} has no place for the table: ${BEGIN} … ${END}`);
  return [text.slice(0, start + BEGIN.length), text.slice(start + BEGIN.length, end).trim(), text.slice(end)];
};

/** The table that README has. */
export const published = () => cut(readFileSync(readme, 'utf8'))[1];

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  let seen;
  try {
    seen = JSON.parse(readFileSync(measured, 'utf8'));
  } catch {
    throw new Error('nothing is measured yet: node cmd/sekisho/e2e/run.mjs gate/matrix');
  }
  const [before, , behind] = cut(readFileSync(readme, 'utf8'));
  writeFileSync(readme, `${before}\n${render(seen)}\n${behind}`);
}
