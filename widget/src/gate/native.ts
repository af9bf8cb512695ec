// What the gate uses of the browser, taken before page code can replace it, and called in a way that no element's
// name or id can hide (<img name="currentScript">, <form><input name="nodeType">).

const { call } = Function.prototype;

/** f(self, …args) for self.f(…args). */
const uncurry = call.bind.bind(call) as unknown as <T, A extends unknown[], R>(
  fn: (this: T, ...args: A) => R,
) => (self: T, ...args: A) => R;

export const { apply, construct, defineProperty, getOwnPropertyDescriptor } = Reflect;

const getter = <T, K extends keyof T>(prototype: T, name: K) =>
  uncurry(getOwnPropertyDescriptor(prototype as object, name)!.get as (this: T) => T[K]);

const element = Element.prototype;
const page = Document.prototype;
type Query = (this: Node, selector: string) => NodeListOf<Element>;

export const getAttribute = uncurry(element.getAttribute);
export const setAttribute = uncurry(element.setAttribute);
export const removeAttribute = uncurry(element.removeAttribute);
export const remove = uncurry(element.remove);
export const matches = uncurry(element.matches as (this: Element, selector: string) => boolean);
export const insertBefore = uncurry(Node.prototype.insertBefore as (this: Node, node: Node, child: Node | null) => Node);
export const listen = uncurry(EventTarget.prototype.addEventListener);
export const parse = uncurry(Range.prototype.createContextualFragment);
export const baseURI = getter(Node.prototype, 'baseURI');
export const currentScript = getter(page, 'currentScript');

const inElement = uncurry(element.querySelectorAll as Query);
const inDocument = uncurry(page.querySelectorAll as Query);
const inFragment = uncurry(DocumentFragment.prototype.querySelectorAll as Query);
/** Elements below a document, a fragment (shadow roots too) or an element. Throws for nodes that have no children. */
export const within = (root: Node, selector: string) =>
  (root.nodeType == 9 ? inDocument : root.nodeType == 11 ? inFragment : inElement)(root, selector);
