// Matomo, tracking consent that somebody else remembers. https://developer.matomo.org/guides/tracking-consent
import { ahead, follow, globals, inPage, type Told } from './vendor';

const REQUIRE = ['requireConsent'];
const GIVEN = ['setConsentGiven'];
const FORGET = ['forgetConsentGiven'];

const OURS = [REQUIRE, GIVEN, FORGET].map(([name]) => name);

/**
 * Matomo takes calls of some names out of the queue before others, whatever their order. So before it has come there
 * is a grant in the queue or none, and never one beside its withdrawal.
 */
const say = (call: string[]) => {
  const { _paq } = globals;
  if (!Array.isArray(_paq)) return _paq.push(call);
  const rest = _paq.filter((one) => !OURS.includes(one[0]));
  _paq.splice(0, _paq.length, REQUIRE, ...(call == GIVEN ? [GIVEN] : []), ...rest);
};

export default (config: Told) => {
  // There are packages that take a queue with something in it for a tracker that has been set up.
  const soon = ahead('_paq', (queue) => queue.length != 0);
  soon(() => say(REQUIRE));
  follow(config, config.runs, (may) => {
    const call = may(config.vendors) ? GIVEN : FORGET;
    soon(() => say(call));
  });
};

export const deny = () => inPage('_paq', () => globals._paq.push(FORGET));
