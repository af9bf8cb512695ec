// Microsoft Clarity, Consent API v2. https://learn.microsoft.com/clarity/setup-and-installation/consent-mode
import { follow, globals, inPage, word, type Told } from './vendor';

interface Config extends Told {
  /** The vendors that all have to be granted for ad_Storage: Clarity and Microsoft's advertising; none, and it is denied. */
  ads?: string[];
}

const say = (ads: boolean, analytics: boolean) =>
  globals.clarity('consentv2', { ad_Storage: word(ads), analytics_Storage: word(analytics) });

export default (config: Config) => {
  // The snippet's own, which it keeps where it finds it.
  globals.clarity ||= function () {
    // eslint-disable-next-line prefer-rest-params
    (globals.clarity.q ||= []).push(arguments);
  };
  say(false, false);
  follow(config, config.runs, (may) => say(may(config.ads), may(config.vendors)));
};

export const deny = () => inPage('clarity', () => say(false, false));
