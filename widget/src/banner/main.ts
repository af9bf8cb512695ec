// The second file: what draws, and what keeps and sends decisions. The first
// file asks for both at once, and only where something is to be decided.

import texts from 'sekisho:banner';
import { open as openLate } from '../late';
import type reports from '../reports/main';

export { mountBanner as default } from './banner';

/** open of late.ts, once in a page; in a sample of them the file that reports comes along. */
export const open: typeof openLate = (core, draw) => {
  const [, , load, send] = core;
  if (Math.random() < texts.reports!) {
    load<{ default: typeof reports }>('reports').then(
      (file) => file.default(send),
      () => {},
    );
  }
  return openLate(core, draw);
};
