// Microsoft Clarity, Consent API v2. https://learn.microsoft.com/clarity/setup-and-installation/consent-mode
import { ahead, follow, globals, inPage, word, type Told } from './vendor';

interface Config extends Told {
  /** The vendors that all have to be granted for ad_Storage: Clarity and Microsoft's advertising; none, and it is denied. */
  ads?: string[];
}

const say = (ads: boolean, analytics: boolean) =>
  globals.clarity('consentv2', { ad_Storage: word(ads), analytics_Storage: word(analytics) });

export default (config: Config) => {
  const soon = ahead('clarity');
  soon(() => say(false, false));
  follow(config, config.runs, (may) => {
    const ads = may(config.ads);
    const analytics = may(config.vendors);
    soon(() => say(ads, analytics));
  });
};

export const deny = () => inPage('clarity', () => say(false, false));
