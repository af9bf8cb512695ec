/** Global Privacy Control, as the browser says it now. */
export const gpc = (): boolean => !!(navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl;
