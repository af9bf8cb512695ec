// Comes ahead of the gate where a site speaks a language whose tag is more than two letters ("zh-Hant", "pt-BR"): the
// gate by itself compares the letters ahead of the hyphen, which is all that other sites need.

import site from 'sekisho:site';
import { attempt } from './attempt';
import { suited } from './i18n/suited';

const { languages } = site;
site.languages = [attempt(() => suited(languages, [document.documentElement.lang, ...navigator.languages])) || languages[0]];
