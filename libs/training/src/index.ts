export { trainModel } from './train-model.js';
export type { TrainingRow } from './training-row.js';
export { trainingRequestProblems } from './training-request.js';
export type { TrainingRequest } from './training-request.js';
export { HYPERPARAMETERS } from './hyperparameters.js';
export type { HyperparameterRanges, Hyperparameters } from './hyperparameters.js';
export type { TrainingOptions } from './training-options.js';
export type { CrossValidated, FeatureImportance, Lineage, TrainedModel } from './trained-model.js';
export { MIN_ROWS } from './gates.js';
export { areaUnderCurve, clusteredStandardError, measure } from './measure.js';
export type { Judged } from './measure.js';
export { evaluateModel } from './off-policy/evaluate-model.js';
export type { PolicyEvaluation } from './off-policy/evaluate-model.js';
export { evaluateOffPolicy } from './off-policy/evaluate-off-policy.js';
export type { OffPolicyEvaluation, OffPolicyOptions } from './off-policy/evaluate-off-policy.js';
export type { Estimate } from './off-policy/clustered-mean.js';
export type { LoggedChoice } from './off-policy/logged-choice.js';
export { judgeOffPolicy, OFF_POLICY_LIMITS, OFF_POLICY_VERDICTS } from './off-policy/off-policy-verdict.js';
export type { OffPolicyVerdict } from './off-policy/off-policy-verdict.js';
export type { ArmTotals } from './judgement/arm-totals.js';
export {
  CANARY_VERDICTS,
  FALSE_STOP_PROBABILITY,
  HARD_STOPS,
  judgeCanary,
  MIN_JOBS,
} from './judgement/judge-canary.js';
export type { CanaryJudgement, CanaryVerdict } from './judgement/judge-canary.js';
