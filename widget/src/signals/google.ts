// Google Consent Mode v2, for gtag.js and for containers of Google Tag Manager that read window.dataLayer.
// https://developers.google.com/tag-platform/security/guides/consent
import { follow, globals, inPage, word, type Told } from './vendor';

interface Config extends Told {
  /** By consent type, all but security_storage: the vendors that all have to be granted. */
  types: Record<string, string[]>;
  /** Where the default holds, as ISO 3166-2; left out for everywhere. */
  regions?: string[];
  /** How long tags wait for an update, in milliseconds. */
  wait?: number;
  passthrough?: boolean;
  redaction?: boolean;
}

/** Commands are `arguments` objects: Google's tags take an array for something else. */
const gtag: (...command: unknown[]) => void = function () {
  // eslint-disable-next-line prefer-rest-params
  (globals.dataLayer ||= []).push(arguments);
};

/** What every call says: security is no matter of consent. */
const all = (types: string[], state: (type: string) => string) => ({
  ...Object.fromEntries(types.map((type) => [type, state(type)])),
  security_storage: 'granted',
});

export default (config: Config) => {
  const { types, regions, wait, passthrough, redaction, runs } = config;
  const names = Object.keys(types);
  gtag('consent', 'default', {
    ...all(names, () => 'denied'),
    ...(regions && { region: regions }),
    ...(wait && { wait_for_update: wait }),
  });
  if (passthrough) gtag('set', 'url_passthrough', true);
  if (redaction) gtag('set', 'ads_data_redaction', true);
  // With regions Google itself knows where the default holds, and where the site's own does.
  follow(config, runs && !regions, (may) => gtag('consent', 'update', all(names, (type) => word(may(types[type])))));
};

/** Tells Google's tags of the page that these types are denied. */
export const deny = (
  types = [
    'ad_storage',
    'ad_user_data',
    'ad_personalization',
    'analytics_storage',
    'functionality_storage',
    'personalization_storage',
  ],
) => {
  inPage('dataLayer', () => gtag('consent', 'update', Object.fromEntries(types.map((type) => [type, 'denied']))));
};
