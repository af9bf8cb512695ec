// TikTok's pixel: holdConsent, grantConsent, revokeConsent. https://business-api.tiktok.com/portal/docs?id=1739585600931842
import { ahead, follow, globals, inPage, type Told } from './vendor';

/** The snippet begins with an array, which has no methods yet. */
const say = (command: string) => {
  const { ttq } = globals;
  if (ttq[command]) ttq[command]();
  else ttq.push([command]);
};

export default (config: Told) => {
  const soon = ahead('ttq');
  soon(() => say('holdConsent'));
  follow(config, config.runs, (may) => {
    const command = may(config.vendors) ? 'grantConsent' : 'revokeConsent';
    soon(() => say(command));
  });
};

export const deny = () => inPage('ttq', () => say('revokeConsent'));
