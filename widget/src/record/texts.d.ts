declare module 'sekisho:record' {
  const texts: Record<string, string>;
  export default texts;
}
