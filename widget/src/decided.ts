// The fourth file, for what follows a decision: tags are let go, and the service is told. Loaded when somebody is about
// to decide, or when something is left to do from an earlier page.
export { release } from './gate/release';
export { default as openSender } from './transport/sender';
