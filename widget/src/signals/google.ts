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

/** An `arguments` object: Google's tags take an array for something else. */
const command: (...words: unknown[]) => unknown = function () {
  // eslint-disable-next-line prefer-rest-params
  return arguments;
};

/** What every call says: security is no matter of consent. */
const all = (types: string[], state: (type: string) => string) => ({
  ...Object.fromEntries(types.map((type) => [type, state(type)])),
  security_storage: 'granted',
});

export default (config: Config) => {
  const { types, regions, wait, passthrough, redaction, runs } = config;
  const names = Object.keys(types);
  const said: unknown[] = [];
  let layer = (globals.dataLayer ||= []);
  /**
   * Until Google's code is there and has put its own push into the data layer nothing has been read, and what is said
   * of consent goes before what the page has asked for: what was held back runs with the choice, not with the default.
   */
  const gtag = (...words: unknown[]) => {
    const next = command(...words);
    const { dataLayer } = globals;
    if (Object.hasOwn(dataLayer, 'push')) dataLayer.push(next);
    else dataLayer.splice(dataLayer.indexOf(said.at(-1)) + 1, 0, next);
    said.push(next);
  };
  // Many a page begins with `dataLayer = [{…}]`, which would drop what was said.
  Reflect.defineProperty(globals, 'dataLayer', {
    configurable: true,
    enumerable: true,
    get: () => layer,
    set(next) {
      if (Array.isArray(next) && !next.includes(said[0])) next.unshift(...said);
      layer = next;
    },
  });
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
  inPage('dataLayer', () =>
    globals.dataLayer.push(command('consent', 'update', Object.fromEntries(types.map((type) => [type, 'denied'])))),
  );
};
