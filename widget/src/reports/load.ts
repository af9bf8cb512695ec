// On a report-only site, whose banner's file is not loaded: loads the file that reports, in a sample of page views.
import type { Gate } from '../types';
import type reports from './main';

export default (sample: number): void => {
  const send = fetch;
  if (Math.random() < sample) {
    const { options }: Gate = (window as any)[Symbol.for('sekisho')];
    options.load<{ default: typeof reports }>('reports').then(
      (file) => file.default(send),
      () => {},
    );
  }
};
