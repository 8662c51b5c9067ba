export { describeAttemptStore } from './describe-attempt-store.js';
export { describeConfigurationChannel } from './describe-configuration-channel.js';
export { describeConfigurationStore } from './describe-configuration-store.js';
export { describeDecisionStore } from './describe-decision-store.js';
export { describeFailureCounters } from './describe-failure-counters.js';
export { describeFailureLookup } from './describe-failure-lookup.js';
export { describeSigningKeyStore } from './describe-signing-key-store.js';
export { describeStatistics } from './describe-statistics.js';
export type { Open, Opened } from './opened.js';
