// Meta's pixel: consent, and data processing options.
// https://developers.facebook.com/docs/meta-pixel/implementation/gdpr
// https://developers.facebook.com/docs/meta-pixel/implementation/data-processing-options
import { ahead, follow, globals, inPage, type Told } from './vendor';

const REVOKE = ['consent', 'revoke'];
/**
 * Limited Data Use besides, with Meta finding out where the visitor is (0, 0). It is never taken back on the page:
 * the site may have asked for it by itself.
 */
const DENY = [REVOKE, ['dataProcessingOptions', ['LDU'], 0, 0]];

const say = (commands: unknown[][]) => {
  for (const command of commands) globals.fbq(...command);
};

export default (config: Told) => {
  const soon = ahead('fbq', (pixel) => pixel.queue || pixel.callMethod);
  soon(() => say([REVOKE]));
  follow(config, config.runs, (may) => {
    const commands = may(config.vendors) ? [['consent', 'grant']] : DENY;
    soon(() => say(commands));
  });
};

export const deny = () => inPage('fbq', () => say(DENY));
