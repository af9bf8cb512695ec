declare module 'sekisho:banner' {
  const texts: import('../types').BannerTexts;
  export default texts;
}
