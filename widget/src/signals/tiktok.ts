// TikTok's pixel: holdConsent, grantConsent, revokeConsent. https://business-api.tiktok.com/portal/docs?id=1739585600931842
import { follow, globals, inPage, type Told } from './vendor';

/** Before the snippet there is a queue without methods, which the snippet takes over. */
const say = (command: string) => {
  const ttq = (globals.ttq ||= []);
  if (ttq[command]) ttq[command]();
  else ttq.push([command]);
};

export default (config: Told) => {
  say('holdConsent');
  follow(config, config.runs, (may) => say(may(config.vendors) ? 'grantConsent' : 'revokeConsent'));
};

export const deny = () => inPage('ttq', () => say('revokeConsent'));
