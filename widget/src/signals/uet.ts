// Microsoft Advertising, UET consent mode. https://help.ads.microsoft.com/#apex/ads/en/60119
import { follow, globals, inPage, word, type Told } from './vendor';

const say = (command: string, may: boolean) =>
  (globals.uetq ||= []).push('consent', command, { ad_storage: word(may) });

export default (config: Told) => {
  say('default', false);
  follow(config, config.runs, (may) => say('update', may(config.vendors)));
};

export const deny = () => inPage('uetq', () => say('update', false));
