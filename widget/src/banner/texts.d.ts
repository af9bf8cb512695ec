declare module 'sekisho:banner' {
  const texts: import('../types').BannerTexts;
  export default texts;
}

/** The site's own, set when its files are made: the look and the ways of another layout are not sent. */
declare const LAYOUT: 'bar' | 'card' | 'dialog';
declare const POSITION: 'bottom' | 'top' | 'left' | 'right' | 'center';
