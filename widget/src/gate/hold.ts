// Holding an element: its URL is moved aside into an attribute of the gate's own, or its type made one that no browser
// runs. The element itself stays what and where the page wants it, so that its handlers, nonce and styles survive, and
// so that clones and markup made from it are held as well.
import type { GateOptions, TagInfo } from '../types';
import { ATTRIBUTES, HELD, PREFIX, RUNS } from './names';
import { Address, copy, getAttribute, removeAttribute, setAttribute } from './native';
import type { Core } from './release';

/** Elements that fetch, or run what they fetch, and the one that can be inert around anything. */
export const KINDS = 'script,img,iframe,link,source,video,audio,track,embed,object,input,frame,image,use,feImage,template,style';
export const ANY = `(${KINDS.replaceAll(',', '|')})`;
const KIND = RegExp(`^${ANY}$`);
/** URLs inside longer text. */
const URLS = /(https?:)?\/\/[^\s"'<>),]+/gi;

export let options: GateOptions;
export const configure = (given: GateOptions) => (options = given);

/** What is held, in the order in which it came. */
export const queue = new Map<Element, TagInfo>();
const placed = new WeakSet<Element>();
const suspects = new WeakSet<Element>();
const vouched = new WeakMap<Element, unknown>();
/** The page's nonce, if it gave the gate one. */
const nonce = document.currentScript?.nonce;
/** Frames seen since they were last looked into. */
const frames: Element[] = [];
/** Looks into them: this is watched. */
export const enter = () => {
  for (const frame of frames.splice(0)) (frame as HTMLIFrameElement).contentWindow;
};

/** How often something was moved aside. */
export let moves = 0;

const reported: Record<string, unknown> = {};

/** Page code must never see an error of the gate's own: whatever goes wrong in fn, it did nothing. */
export const quiet =
  <A extends unknown[], R>(fn: (...args: A) => R) =>
  (...args: A): R | undefined => {
    try {
      return fn(...args);
    } catch {}
  };

/** How an element came. */
export const enum Way {
  /** A script is about to insert it. */
  Script,
  /** It is in the document by now. */
  Parsed,
  /** It is in a copy of markup that is not in use yet. */
  Copy,
  /** A script made it of markup, which runs no scripts. Page code that knows this may yet make them run. */
  Markup,
}

/** The tag that a request would belong to; undefined where nobody asks. `lax`: only known vendors count. */
export const lookup = quiet((value: unknown, kind: string, lax?: boolean): TagInfo | undefined => {
  const url = new Address(value as string, copy.baseURI);
  const host = url.hostname;
  if (/^(http|ws)/.test(url.protocol) && !options.own(host)) {
    const vendor = options.match(url, kind);
    if (vendor < 0 && !lax) reported[host + kind] ||= [options.onUnknown(host, kind)];
    if (vendor >= 0 || (!lax && options.strict)) return { vendor, kind, url: url.href };
  }
});

export const open = ({ vendor }: TagInfo) => vendor >= 0 && options.allowed(vendor);

let run: (() => void) | undefined;

/** Lets go whatever may go by now. What does so is fetched when there is something for the first time. */
export const update = async () => {
  try {
    // Whoever puts the gate up may not be done with it yet.
    await 0;
    if ([...queue.values()].some(open)) {
      if (!run) {
        const { release } = await options.load<typeof import('./release')>('decided');
        run ||= release([options, queue, placed, suspects, vouched, nonce] satisfies Core);
      }
      run();
    }
  } catch {}
};

const register = (el: Element, tag: TagInfo, way: Way) => {
  if (way == Way.Copy) return;
  if (!queue.has(el)) {
    if (way) suspects.add(el);
    queue.set(el, tag);
    if (!open(tag)) options.onHeld(tag);
  }
  if (open(tag)) update();
};

/**
 * Looks at one attribute: holds the element if the tag behind it must wait, or if it is held already, as a clone can be.
 * True if the attribute must not be set.
 */
const take = (el: Element, name: string, value: unknown, way: Way) => {
  const kind = el.localName;
  const script = kind == 'script';
  const type = getAttribute(el, 'type') || '';
  // Other links, such as rel="canonical", fetch nothing. One without rel may yet get one.
  if (kind == 'link' && !/style|pre|icon|^$/i.test(getAttribute(el, 'rel') || '')) return;
  const tags = (/srcset|doc/.test(name) ? `${value}`.match(URLS) || [] : [value])
    .flatMap((url) => lookup(url, kind, name == 'srcdoc') || []);
  // Of several the first that must wait.
  const tag = tags.find((tag) => !open(tag)) || tags[0];
  if (!tag) return;
  if (script ? type != HELD : getAttribute(el, PREFIX + name) == null) {
    if (open(tag) || (script && (way == Way.Markup || !RUNS.test(type)))) return;
    moves++;
    if (script) {
      if (type) setAttribute(el, PREFIX + 'type', type);
      setAttribute(el, 'type', HELD);
    } else {
      setAttribute(el, PREFIX + name, value);
      if (getAttribute(el, name) != null) {
        // What has begun to load stops when it gets another URL, and not when it loses the one that it has.
        const plugin = /^[eo]/.test(kind);
        setAttribute(el, name, plugin ? 'about:blank' : '');
        if (!plugin) removeAttribute(el, name);
      }
    }
  }
  register(el, tag, way);
  return !script;
};

/** Looks at one element. */
export const visit = (el: Element, way: Way) => {
  const kind = el.localName;
  const get = (name: string) => getAttribute(el, name);
  const vendor = get('data-vendor');
  const url = get('data-src') || get('data-href');
  // Markup that the owner made inert. No other element becomes a tag: these can run nothing by themselves.
  if (vendor && /^(sc|if|img|li|te)/.test(kind) && (url || kind == 'template' || get('type') == 'text/plain')) {
    return register(el, { vendor: options.vendor(vendor), kind, url: url || get('src') || '' }, way || Way.Parsed);
  }
  if (kind == 'iframe') frames.push(el);
  // The rest of a style sheet is the page's own, and stays in force.
  if (kind == 'style' && way != Way.Parsed) {
    let tag: TagInfo | undefined;
    const text = get(PREFIX + 'text') || el.textContent!;
    const rest = text.replace(URLS, (url) => {
      const found = lookup(url, kind, true);
      if (!found || open(found)) return url;
      tag = found;
      return 'about:invalid';
    });
    if (tag) {
      moves++;
      setAttribute(el, PREFIX + 'text', text);
      el.textContent = rest;
      register(el, tag, way);
    }
  }
  for (const name of ATTRIBUTES) {
    const value = get(PREFIX + name) || get(name);
    if (value) take(el, name, value, way);
  }
};

/** Looks at a node and all below it. */
export const scrub = quiet((node: any, way: Way) => {
  for (const el of [node, ...(node.querySelectorAll?.(KINDS) || [])])
    if (KIND.test(el.localName) && (way != Way.Parsed || (!placed.has(el) && placed.add(el)))) visit(el, way);
});

/** Before a script sets an attribute, by whatever way. True if it is held and must not be set. */
export const guard = quiet((el: Element, attribute: string, value: unknown) => {
  const name = attribute.toLowerCase();
  if (!ATTRIBUTES.includes(name) || !KIND.test(el.localName)) return;
  // What its owner marked waits, whoever else would fill it in: libraries for lazy loading copy data-src, too.
  const tag = getAttribute(el, 'data-vendor') && queue.get(el);
  if (tag && !open(tag)) return true;
  if (getAttribute(el, PREFIX + name) != null) {
    removeAttribute(el, PREFIX + name);
    queue.delete(el);
  }
  if (name == 'srcdoc') vouched.set(el, value);
  return take(el, name, value, Way.Script);
});
