// The entry of /s/KEY.js: one synchronous script, first in <head>, so that the gate stands before any other tag comes.
import site from 'sekisho:site';
import { install } from './gate/gate';
import { matcher } from './gate/match';
import { start, type PageAPI } from './page';

declare global {
  interface Window {
    sekisho: PageAPI;
  }
}

// An own property: an element with id="sekisho" shows up on window as well. A second copy of the tag does nothing.
export const first = !Object.hasOwn(window, 'sekisho');
if (first) window.sekisho = start(site, install, matcher(site.rules));
