export { BayesianMemory } from './bayesian-memory.js';
export type { LearnedOutcome } from './bayesian-memory.js';
export type { FailureContext } from './failure-context.js';
export { viewOf } from './view.js';
export type { BayesianQuestion, BayesianView, ConsideredDelay } from './view.js';
export type { PlanBounds } from './value.js';
