// On a strict site: remembers the unknown hosts that come before the file that reports them.
import type { Gate } from '../types';

export default (): void => {
  const early: Gate['unknown'] = ((window as any)[Symbol.for('sekisho')] as Gate).unknown = [];
  const stop = new AbortController();
  addEventListener(
    'sekisho:unknown-host',
    ({ detail }: any) => early.push(detail) > 29 && stop.abort(),
    stop,
  );
};
