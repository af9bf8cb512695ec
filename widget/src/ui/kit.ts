// What the banner's file lends to those that open over it, so that it is loaded once.

import type * as text from '../i18n/text';
import type * as dom from './dom';

/** No object, since names of properties are what minifying cannot shorten. */
export type Kit = [
  h: typeof dom.h,
  button: typeof dom.button,
  link: typeof dom.link,
  icon: typeof dom.icon,
  style: typeof dom.style,
  speaker: typeof text.speaker,
  list: typeof text.list,
];

export let h: typeof dom.h;
export let button: typeof dom.button;
export let link: typeof dom.link;
export let icon: typeof dom.icon;
export let style: typeof dom.style;
export let speaker: typeof text.speaker;
export let list: typeof text.list;

/** Comes before anything else in a file that takes these from here. */
export const use = (kit: Kit) => {
  [h, button, link, icon, style, speaker, list] = kit;
};
