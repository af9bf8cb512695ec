// What the gate uses of the browser, taken before page code can replace it, and called in a way that no element's
// name or id can hide (<img name="currentScript">, <form><input name="nodeType">).

const { call } = Function.prototype;

/** f(self, …args) for self.f(…args). */
type Uncurry = <T, A extends unknown[], R>(fn: (this: T, ...args: A) => R) => (self: T, ...args: A) => R;
const uncurry: Uncurry = (call.bind as Function).bind(call);

export const { apply, construct } = Reflect;
export const Address = URL;

const element = Element.prototype;
type Query = (this: Element, selector: string) => NodeListOf<Element>;

export const getAttribute = uncurry(element.getAttribute);
export const setAttribute = uncurry(element.setAttribute as (this: Element, name: string, value: unknown) => void);
export const removeAttribute = uncurry(element.removeAttribute);
export const remove = uncurry(element.remove);
export const within = uncurry(element.querySelectorAll as Query);
export const insertBefore = uncurry(Node.prototype.insertBefore as (this: Node, node: Node, child: Node | null) => Node);
export const listen = uncurry(addEventListener as (this: EventTarget, type: string, fn: (event: any) => void, capture?: boolean) => void);

/** How a property is made. */
export const accessor: (prototype: object, name: string) => any = Reflect.getOwnPropertyDescriptor;
export const baseURI = uncurry(accessor(Node.prototype, 'baseURI').get) as (node: Node) => string;
export const currentScript = uncurry(accessor(Document.prototype, 'currentScript').get) as (page: Document) => HTMLScriptElement | null;
const inner = accessor(element, 'innerHTML');
export const setHTML = uncurry(inner.set) as (self: Element, html: string) => void;
export const getHTML = uncurry(inner.get) as (self: Element) => string;
