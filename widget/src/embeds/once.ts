// Letting one embed go by itself, without a decision.
import type { Gate, TagInfo } from '../types';

export interface Once {
  /** This element alone, now. */
  free(el: Element, tag: TagInfo): void;
  /** All that a vendor has here, until the page is left or its visitor decides about it. */
  page(vendor: number): void;
}

/** Stands in for the vendor of an address that was let through. No site has a vendor at this position. */
const NOBODY = Infinity;

export const opener = ({ queue, options, update }: Gate, decided: (vendor: number) => boolean): Once => {
  const { allowed, match } = options;
  const vendors = new Set([NOBODY]);
  // By address and not by element: page code may move the element, or look at it in ways that make the gate look, too.
  const addresses = new Set<string>();
  options.allowed = (vendor) => vendors.has(vendor) || allowed(vendor);
  options.match = (url, kind) => (addresses.has(url.href) ? NOBODY : match(url, kind));
  window.sekisho.on('consent', () => {
    for (const vendor of vendors) if (vendor != NOBODY && decided(vendor)) vendors.delete(vendor);
  });

  /** Gives a frame its address back: from where the gate, or the page's owner, has put it. */
  const restore = (el: Element) => {
    const aside = el.hasAttribute('data-vendor') ? /^(?:data-(?:sekisho-)?)?(src|data)$/ : /^(?:data-sekisho-)?(src|data)$/;
    for (const { name, value } of [...el.attributes]) {
      const [, real] = aside.exec(name) || [];
      if (real) {
        addresses.add(new URL(value, document.baseURI).href);
        el.removeAttribute(name);
        el.setAttribute(real, value);
      }
    }
  };

  return {
    free(el, tag) {
      const { parentNode: parent, nextSibling: next } = el;
      const { content } = el as HTMLTemplateElement;
      queue.delete(el);
      // Out and in again, as when the gate itself lets go: a frame leaves no trace in the history.
      el.remove();
      try {
        for (const one of content ? content.querySelectorAll('iframe') : [el]) restore(one);
      } finally {
        parent!.insertBefore(content || el, next);
        options.onReleased(tag);
      }
    },
    page(vendor) {
      vendors.add(vendor);
      update();
    },
  };
};
