// Holding an element: its URL is moved aside into an attribute of the gate's own, or its type made one that no browser
// runs. The element itself stays what and where the page wants it, so that its handlers, nonce and styles survive, and
// so that clones and markup made from it are held as well.
import type { GateOptions, TagInfo } from '../types';
import { baseURI, getAttribute, matches, removeAttribute, setAttribute, within } from './native';
import { update } from './release';

/** Where a held attribute waits. */
export const PREFIX = 'data-sekisho-';
/** The type of a held script. */
export const HELD = 'sekisho/held';
/** Elements that fetch, or run what they fetch. */
export const NAMES = 'script,img,iframe,link,source,video,audio,track,embed,object,input,frame,image,use,feImage';
/** The attributes that make them do so. */
export const ATTRIBUTES = ['src', 'srcset', 'href', 'xlink:href', 'data', 'poster', 'srcdoc', 'imagesrcset'];
/** Markup that the owner made inert. Nothing else is ever turned into a tag: these elements can run nothing by themselves. */
const INERT =
  ':is(script,iframe,img,link,template)[data-vendor]:is(template,[type="text/plain"],[data-src],[data-href])';
/** Types that a browser runs; the spelling that jQuery gives to scripts that it will insert later is none of them. */
export const RUNS = /^($|module$|\w+\/(x-)?(java|ecma|j)script)/i;
/** URLs inside longer text. */
const URLS = /(https?:)?\/\/[^\s"'<>),]+/gi;

export let options: GateOptions;
export const configure = (given: GateOptions) => (options = given);

/** What is held, in the order in which it came. */
export const queue = new Map<Element, TagInfo>();
/** Elements that have been in the document. One of these that is there no longer was taken out by the page. */
export const placed = new WeakSet<Element>();
/** Elements that markup brought, and not a script by itself: under a policy with nonces, these need their own. */
export const suspects = new WeakSet<Element>();
/** Frames seen since they were last looked into. */
export const frames: Element[] = [];

const reported = new Set<string>();

/** Page code must never see an error of the gate's own: whatever goes wrong in fn, it did nothing. */
export const quiet =
  <A extends unknown[], R>(fn: (...args: A) => R) =>
  (...args: A): R | undefined => {
    try {
      return fn(...args);
    } catch {}
  };

/** The tag that a request would belong to; undefined where nobody asks. `lax`: only known vendors count. */
export const lookup = quiet((value: unknown, kind: string, lax?: unknown): TagInfo | undefined => {
  const url = new URL(value as string, baseURI(document));
  const host = url.hostname;
  if (!/^(http|ws)/.test(url.protocol) || options.own.some((own) => `.${host}`.endsWith(`.${own}`))) return;
  const vendor = options.match(url);
  if (vendor < 0) {
    if (lax) return;
    const seen = kind + host;
    if (!reported.has(seen)) options.onUnknown(host, kind);
    reported.add(seen);
    if (!options.strict) return;
  }
  return { vendor, kind, url: url.href };
});

export const open = ({ vendor }: TagInfo) => vendor >= 0 && options.allowed(vendor);

/** The tag behind one attribute: of several URLs the first that must wait. */
export const inspect = (kind: string, name: string, value: string, rel?: string | null): TagInfo | undefined => {
  // Other links, such as rel="canonical", fetch nothing. One without rel may yet get one.
  if (kind == 'link' && rel && !/style|pre|icon|mani/i.test(rel)) return;
  let found: TagInfo | undefined;
  for (const url of /srcset|doc/.test(name) ? value.match(URLS) || [] : [value]) {
    const tag = lookup(url, kind, name == 'srcdoc');
    if (tag && (!found || open(found))) found = tag;
  }
  return found;
};

const register = (el: Element, tag: TagInfo, suspect?: unknown) => {
  if (!queue.has(el)) {
    if (suspect) suspects.add(el);
    queue.set(el, tag);
    if (!open(tag)) options.onHeld(tag);
  }
  if (open(tag)) update();
};

/** Holds the element if the tag must wait, or if it is held already, as a clone can be. True if the attribute must not be set. */
const keep = (el: Element, name: string, value: string, tag: TagInfo, suspect?: unknown): boolean => {
  const kind = el.localName;
  const script = kind == 'script';
  const type = getAttribute(el, 'type') || '';
  const aside = PREFIX + (script ? 'type' : name);
  if (script ? type != HELD : getAttribute(el, aside) == null) {
    if (open(tag) || (script && !RUNS.test(type))) return false;
    setAttribute(el, aside, script ? type : value);
    if (script) setAttribute(el, 'type', HELD);
    else if (getAttribute(el, name) != null) {
      // What has begun to load stops when it gets another URL, and not when it loses the one that it has.
      setAttribute(el, name, kind == 'object' ? 'about:blank' : '');
      if (kind != 'object') removeAttribute(el, name);
    }
  }
  register(el, tag, suspect);
  return !script;
};

const visit = (el: Element, parsed?: unknown) => {
  const kind = el.localName;
  if (matches(el, INERT)) {
    const url = getAttribute(el, 'src') || getAttribute(el, 'data-src') || getAttribute(el, 'data-href') || '';
    return register(el, { vendor: options.vendor(getAttribute(el, 'data-vendor')!), kind, url }, true);
  }
  if (kind == 'iframe') frames.push(el);
  for (const name of ATTRIBUTES) {
    const value = getAttribute(el, PREFIX + name) || getAttribute(el, name);
    const tag = value && inspect(kind, name, value, getAttribute(el, 'rel'));
    if (tag) keep(el, name, value, tag, parsed);
  }
};

/** Looks at a node and all below it, before it goes in or, when `parsed`, after it came in. */
export const scrub = quiet((node: Node, parsed?: unknown) => {
  const type = node.nodeType;
  if (type > 2 && type < 9) return;
  const look = (el: Element) => {
    if (parsed) {
      if (placed.has(el)) return;
      placed.add(el);
    }
    visit(el, parsed);
  };
  if (type == 1 && matches(node as Element, WATCHED)) look(node as Element);
  for (const el of within(node, WATCHED)) look(el);
});
const WATCHED = NAMES + ',template[data-vendor]';

/** Before a script sets an attribute, by whatever way. True if it is held and must not be set. */
export const guard = quiet((el: Element, attribute: string, value: unknown): boolean | '' | undefined => {
  const name = attribute.toLowerCase();
  if (!ATTRIBUTES.includes(name) || !matches(el, NAMES)) return;
  const kind = el.localName;
  if (getAttribute(el, PREFIX + name) != null) {
    removeAttribute(el, PREFIX + name);
    queue.delete(el);
  }
  const tag = inspect(kind, name, `${value}`, getAttribute(el, 'rel'));
  // A script that is nowhere yet is looked at when it is inserted: it may still get another type, or go nowhere.
  return !!tag && !(kind == 'script' && !el.parentNode) && keep(el, name, `${value}`, tag);
});
