declare module 'sekisho:site' {
  const site: import('./types').Site;
  export default site;
}
