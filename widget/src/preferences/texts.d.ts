declare module 'sekisho:preferences' {
  const texts: import('../types').PreferencesTexts;
  export default texts;
}
