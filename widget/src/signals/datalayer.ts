// An event for tag managers, in window.dataLayer: at the start of a page on which something is decided, and after each
// choice. There is no visitor's id in it.
import { follow, globals, word, type Told } from './vendor';

interface Config extends Told {
  /** Name of the event. */
  event: string;
  /** Vendors by the purpose that is their main one. */
  purposes: Record<string, string[]>;
}

export default (config: Config) =>
  follow(config, config.runs, (may) =>
    (globals.dataLayer ||= []).push({
      event: config.event,
      sekisho: {
        consents: window.sekisho.consents(),
        purposes: Object.fromEntries(Object.entries(config.purposes).map(([id, vendors]) => [id, word(may(vendors))])),
      },
    }),
  );
