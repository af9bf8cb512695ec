import { attempt } from '../attempt';

/** Sets a cookie, by way of the prototype as in read.ts. Whether the browser took it shows in reading it back. */
export const put = (cookie: string) => attempt(() => Reflect.set(Document.prototype, 'cookie', cookie, document));
