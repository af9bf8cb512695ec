// What the site's script carries where vendors' content shows in pages: it sees when some is held, and loads what draws
// the placeholders. Held elements keep their size; but a template has none, so a twin of what it brings takes its place
// before the browser paints for the first time.
import { language } from '../page';
import type { Gate } from '../types';
import type draw from './main';

const twins = new Map<Element, HTMLElement>();
let part: Promise<unknown> | undefined;
const gate = (): Gate => (window as any)[Symbol.for('sekisho')];

/** Gives a held template its twin. */
const pair = (el: Element) => {
  const frame = !twins.has(el) && el.isConnected && (el as HTMLTemplateElement).content?.querySelector('iframe,blockquote');
  if (frame) {
    const twin = frame.cloneNode() as HTMLElement;
    // Not with its id or name: page code must not find it.
    for (const { name } of [...twin.attributes]) if (!/^(cl|st|w|he)/.test(name)) twin.removeAttribute(name);
    twin.inert = true;
    twins.set(el, twin);
    el.after(twin);
  }
};

/**
 * Loads the placeholders, in the language that the banner would have. Resolves with something if they cannot be had;
 * then the next call tries again.
 */
export const load = () => {
  return (part ||= gate()
    .options.load<{ default: typeof draw }>('embeds.' + language)
    .then(
      (file) => file.default(pair, twins),
      () => {
        part = undefined;
        return true;
      },
    ));
};

/** `vendors`: ids of those whose content shows in pages. */
export default (vendors: string[]): void => {
  const { queue } = gate();
  window.sekisho.on('held', ({ vendor, kind }: { vendor: string; kind: string }) => {
    if (vendors.includes(vendor) && /^(if|em|ob|te)/.test(kind)) {
      load();
      // What was held just now is the last in the queue.
      pair([...queue.keys()].pop()!);
    }
  });
  // The tag came late.
  if (queue.size) load();
};
