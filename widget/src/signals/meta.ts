// Meta's pixel: consent, and data processing options.
// https://developers.facebook.com/docs/meta-pixel/implementation/gdpr
// https://developers.facebook.com/docs/meta-pixel/implementation/data-processing-options
import { follow, globals, type Told } from './vendor';

/** While nothing may be used, Limited Data Use as well, with Meta finding out where the visitor is (0, 0). */
const commands = (may: boolean) => [
  ['consent', may ? 'grant' : 'revoke'],
  may ? ['dataProcessingOptions', []] : ['dataProcessingOptions', ['LDU'], 0, 0],
];

export default (config: Told) => {
  /** What waits for the pixel. */
  let waiting: unknown[][] | undefined;
  let pixel: any = globals.fbq;
  const say = (may: boolean) => {
    for (const command of commands(may)) waiting ? waiting.push(command) : globals.fbq(...command);
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
  say(false);
  follow(config, config.runs, (may) => say(may(config.vendors)));
};

export const deny = () => {
  if (globals.fbq) for (const command of commands(false)) globals.fbq(...command);
};
