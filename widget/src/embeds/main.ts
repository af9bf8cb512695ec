// The file that draws placeholders, in one language. Asked for when something is held that would show in the page.
import texts from 'sekisho:embeds';
import type { Gate, TagInfo } from '../types';
import { button, style } from '../ui/dom';
import { opener } from './once';
import { cover, say, type Placeholder } from './placeholder';
import { hidden } from './style';

/** What is drawn over an element, and for which held tag; `content` gets the focus when it is there. */
type Shown = [placeholder: Placeholder, held: Element, tag: TagInfo, content: HTMLElement];

/** `pair` gives a held template its twin, an element of its size, if it has none in `twins` yet. */
export default function draw(pair: (el: Element) => void, twins: Map<Element, HTMLElement>): void {
  const gate: Gate = (window as any)[Symbol.for('sekisho')];
  const { queue, options } = gate;
  const vendorOf = (position: number) => texts.vendors[position];
  const once = opener(gate, (position) => window.sekisho.consent(vendorOf(position).id) != 'unasked');
  /** By the element that it lies over. */
  const shown = new Map<HTMLElement, Shown>();
  let due = 0;
  let stale = true;

  const place = () => {
    for (const [placeholder] of shown.values()) placeholder.place();
  };
  /** Before the next paint, once, however much is held till then. */
  const later = () =>
    (due ||= requestAnimationFrame(() => {
      due = 0;
      if (stale) scan();
      place();
    }));
  const changed = () => {
    stale = true;
    later();
  };
  const sizes = new ResizeObserver(place);

  const show = (box: HTMLElement, held: Element, tag: TagInfo) => {
    const vendor = vendorOf(tag.vendor);
    const { content } = held as HTMLTemplateElement;
    const target = content?.querySelector<HTMLElement>('iframe,blockquote') || box;
    // Where a script does the drawing, it draws all of the vendor's. Nor can a page be looked into that lies in an attribute.
    const whole = held.matches('script,[data-sekisho-srcdoc]') || content?.querySelector('script,[srcdoc]');
    const placeholder = cover(
      box,
      vendor,
      target.title,
      ...(texts.once
        ? [button('load-once', say(whole ? 'page' : 'once'), () => (whole ? once.page(tag.vendor) : once.free(held, tag)))]
        : []),
      // A decision that cannot be kept changes nothing: it stays held.
      button('always-allow', say('always'), () => window.sekisho.save({ [vendor.id]: true }).catch(() => {}), 'quiet'),
    );
    shown.set(box, [placeholder, held, tag, target]);
    placeholder.place();
    sizes.observe(box);
  };

  const hide = () => {
    for (const [box, [placeholder, held, tag, target]] of shown)
      if (queue.get(held) != tag || !box.isConnected) {
        shown.delete(box);
        if (placeholder.remove()) focus(target);
      }
    for (const [template, twin] of twins)
      if (!queue.has(template) || !template.isConnected) {
        twin.remove();
        twins.delete(template);
      }
  };

  const scan = () => {
    stale = false;
    hide();
    for (const [held, tag] of queue) {
      const vendor = vendorOf(tag.vendor);
      if (!vendor || options.allowed(tag.vendor)) continue;
      const { kind } = tag;
      let boxes: Iterable<any> = [];
      if (/^(if|em|ob)/.test(kind)) boxes = [held];
      else if (kind == 'template') {
        pair(held);
        boxes = [twins.get(held)];
      }
      if (kind == 'script' && vendor.posts) boxes = document.querySelectorAll(vendor.posts);
      for (const box of boxes) if (box?.isConnected && box.ownerDocument == document && !shown.has(box)) show(box, held, tag);
    }
  };

  style(document, hidden);
  sizes.observe(document.documentElement);
  for (const event of ['scroll', 'resize', 'load', 'transitionend']) addEventListener(event, later, true);
  for (const event of ['held', 'released']) window.sekisho.on(event, changed);
  // What comes and goes without a word of the gate's: elements that are put in or taken out, and URLs that are replaced.
  new MutationObserver(changed).observe(document, { childList: true, subtree: true, attributeFilter: ['src', 'data'] });
  scan();
  place();
}

/** Moves the focus into what has come: into a frame, or to the place where a script will draw. */
const focus = (content: HTMLElement) => {
  const has = () => document.activeElement == content;
  const take = () => content.focus({ preventScroll: true });
  take();
  if (!has()) {
    content.tabIndex = -1;
    take();
  }
  // Chromium forgets that the focus is in a frame when the frame gets another process for what it loads.
  content.addEventListener('load', () => {
    if (has()) {
      content.blur();
      take();
    }
  }, { once: true });
};
