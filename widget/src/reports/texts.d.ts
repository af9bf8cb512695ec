declare module 'sekisho:reports' {
  const settings: import('./types').ReportSettings;
  export default settings;
}
