// The entry of /s/KEY.js: one synchronous script, first in <head>, so that the gate stands before any other tag comes.
import site from 'sekisho:site';
import { install } from './gate/gate';
import { matcher } from './gate/match';
import { first, start, type PageAPI } from './page';

declare global {
  interface Window {
    sekisho: PageAPI;
  }
}

// A second copy of the tag does nothing.
export { first };
if (first) window.sekisho = start(site, install, matcher(site.rules));
