// What is said beside a vendor of what the visitor, or the browser, has decided about it.

import type { Say } from '../i18n/text';
import { Flag, type Host } from '../types';
import { h, list } from '../ui/kit';
import type { Choices } from './choices';

export const tag = (said?: string) => h('small', { class: 'tag' }, said);

/** Returns what marks the vendor at a position: tags, and whether it is new or changed; `changed` is that of VendorFacts. */
export const marker = (host: Host, language: string, say: Say, { on, watch }: Choices) => {
  const consents = host.consents();
  const signalled = host.signalled();
  const decision = host.decided();
  return (position: number, changed: string): [tags: (Node | false)[], fresh: boolean] => {
    const [id, , , flags] = host.site.vendors[position];
    if (!(id in on)) return [[], false];
    const bySignal = signalled.includes(id);
    const unasked = consents[id] == 'unasked';
    const what =
      decision && (unasked || bySignal)
        ? changed.split(',').flatMap((step) => {
            const [since, ...words] = step.split(' ');
            return +since > decision.revision ? words : [];
          })
        : [];
    // Off because the browser says so, or on although it does.
    const signal =
      (bySignal || ((navigator as any).globalPrivacyControl && flags & Flag.Signal && consents[id] == 'granted')) && tag();
    if (signal) watch(() => (signal.textContent = say(on[id] ? 'gpcOver' : 'gpcOff')));
    return [
      [
        what.includes('new')
          ? tag(say('new'))
          : what.length > 0
            ? tag(say('changed', { what: list(language, [...new Set(what)].map((word) => say(word))) }))
            : !!decision && unasked && tag(say('unasked')),
        signal,
      ],
      what.length > 0,
    ];
  };
};
