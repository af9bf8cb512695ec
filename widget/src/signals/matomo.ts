// Matomo, tracking consent that somebody else remembers. https://developer.matomo.org/guides/tracking-consent
import { follow, globals, inPage, type Told } from './vendor';

const GIVEN = ['setConsentGiven'];

export default (config: Told) => {
  const queue = (globals._paq ||= []);
  queue.push(['requireConsent']);
  follow(config, config.runs, (may) => {
    const given = may(config.vendors);
    const { _paq } = globals;
    // Matomo takes calls of some names out of the queue before others, whatever their order. So there is a grant in it or none.
    if (Array.isArray(_paq)) {
      const at = _paq.indexOf(GIVEN);
      if (at >= 0) _paq.splice(at, 1);
      if (given) _paq.push(GIVEN);
    } else _paq.push(given ? GIVEN : ['forgetConsentGiven']);
  });
};

export const deny = () => inPage('_paq', () => globals._paq.push(['forgetConsentGiven']));
