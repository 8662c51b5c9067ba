export { applyGuardrails, jitterRange } from './apply-guardrails.js';
export type { DelayLimits, DelayPlan, GuardedPlan } from './apply-guardrails.js';
export { findTerminalStops } from './terminal-guardrails.js';
export type { TerminalContext, TerminalStop } from './terminal-guardrails.js';
