declare module 'sekisho:embeds' {
  const texts: import('./types').EmbedTexts;
  export default texts;
}
