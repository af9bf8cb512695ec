// What the gate uses of the browser, taken before page code can replace it, and called in a way that no element's
// name or id can hide (<form><input name="getAttribute">).

const { call } = Function.prototype;

/** f(self, …args) for self.f(…args). */
type Uncurry = <T, A extends unknown[], R>(fn: (this: T, ...args: A) => R) => (self: T, ...args: A) => R;
const uncurry: Uncurry = (call.bind as Function).bind(call);
const element = Element.prototype;

export const getAttribute = uncurry(element.getAttribute);
export const setAttribute = uncurry(element.setAttribute as (this: Element, name: string, value: unknown) => void);
export const removeAttribute = uncurry(element.removeAttribute);
export const listen = uncurry(addEventListener as (this: EventTarget, type: string, fn: (event: any) => void, capture?: boolean) => void);
export const Address = URL;
/** Markup in here is nobody's yet: nothing fetches, nothing runs. As an element of the document it knows its base URL. */
export const copy = document.createElement('template');
