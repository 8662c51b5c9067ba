export { BayesianMemory, FIRST_LOOK } from './bayesian-memory.js';
export type { LearnedOutcome } from './bayesian-memory.js';
export type { Beliefs } from './beliefs.js';
export { curveOf } from './curve.js';
export type { CurveSpan, DelayCurve } from './curve.js';
export type { FailureContext } from './failure-context.js';
export { viewOf } from './view.js';
export type { BayesianQuestion, BayesianView, ConsideredDelay } from './view.js';
export type { PlanBounds } from './value.js';
