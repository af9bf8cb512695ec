// What both of the gate's files, the one that holds and the one that lets go, call things.

/** Where a held attribute waits. */
export const PREFIX = 'data-sekisho-';
/** The type of a held script. */
export const HELD = 'sekisho/held';
/** The attributes that make elements fetch, or run what they fetch. */
export const ATTRIBUTES = ['src', 'srcset', 'href', 'xlink:href', 'data', 'poster', 'srcdoc', 'imagesrcset'];
/** Types that a browser runs. What jQuery gives to scripts that it will insert later is none of them. */
export const RUNS = /^($|module|\w+\/(x-)?\w+script)/i;
