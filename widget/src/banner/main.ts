// The second file: what draws, and what keeps and sends decisions. The first
// file asks for both at once, and only where something is to be decided.

export { mountBanner as default } from './banner';
export { open } from '../late';
