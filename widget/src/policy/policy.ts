// What the script of a site carries whose pages stand under a content security policy.
import site from 'sekisho:site';
import { keep, type Config } from './keep';

export default (config: Config) => keep(site, config);
