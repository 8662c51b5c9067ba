export { backoffDelayMs } from './backoff.js';
export { compilePattern } from './pattern.js';
export type { Pattern } from './pattern.js';
export { PolicyMatcher, patternProblems } from './policy-matcher.js';
export type { MatchableJob, PolicyEvaluation, PolicyMatch } from './policy-matcher.js';
export { proposeFromDefault, proposeFromRules, rulesDelayMs } from './propose-from-rules.js';
