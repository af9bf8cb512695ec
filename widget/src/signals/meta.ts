// Meta's pixel: consent, and data processing options.
// https://developers.facebook.com/docs/meta-pixel/implementation/gdpr
// https://developers.facebook.com/docs/meta-pixel/implementation/data-processing-options
import { follow, globals, inPage, type Told } from './vendor';

const REVOKE = ['consent', 'revoke'];
/**
 * Limited Data Use besides, with Meta finding out where the visitor is (0, 0). It is never taken back on the page:
 * the site may have asked for it by itself.
 */
const DENY = [REVOKE, ['dataProcessingOptions', ['LDU'], 0, 0]];

export default (config: Told) => {
  /** What waits for the pixel. */
  let waiting: unknown[][] | undefined;
  let pixel: any = globals.fbq;
  const say = (commands: unknown[][]) => {
    for (const command of commands) waiting ? waiting.push(command) : globals.fbq(...command);
  };
  if (!pixel) {
    waiting = [];
    // The snippet does nothing where it finds fbq. So there is none until the snippet makes it; then, before whoever
    // made it can call it, the pixel is told.
    Object.defineProperty(globals, 'fbq', {
      configurable: true,
      enumerable: true,
      set: (made) => (pixel = made),
      get() {
        if (waiting && (pixel?.queue || pixel?.callMethod)) {
          const calls = waiting;
          waiting = undefined;
          Object.defineProperty(globals, 'fbq', { value: pixel, writable: true });
          for (const call of calls) pixel(...call);
        }
        return pixel;
      },
    });
  }
  say([REVOKE]);
  follow(config, config.runs, (may) => say(may(config.vendors) ? [['consent', 'grant']] : DENY));
};

export const deny = () => inPage('fbq', () => DENY.forEach((command) => globals.fbq(...command)));
