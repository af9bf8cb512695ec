// Figures of many runs, and tables of them.

export function spread(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return { median: sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2, min: sorted[0], max: sorted.at(-1) };
}

/** "1.20 (1.11–1.42)" */
export const range = ({ median, min, max }, digits) => `${median.toFixed(digits)} (${min.toFixed(digits)}–${max.toFixed(digits)})`;

/** Prints rows of text under a head; the first column to the left, all others to the right. */
export function print(head, rows) {
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => row[i].length)));
  const line = (row) => console.log('  ' + row.map((cell, i) => (i ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))).join('  '));
  line(head);
  console.log('  ' + widths.map((width) => '─'.repeat(width)).join('  '));
  rows.forEach(line);
}
