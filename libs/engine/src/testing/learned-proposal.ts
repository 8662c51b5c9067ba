import type { Proposal } from '@smart-retry/domain';

/** What a learned layer might say: wait twelve seconds, and four of five succeed. */
export const LEARNED: Proposal = {
  kind: 'proposal',
  layer: 'bayesian',
  action: 'retry',
  delayMs: 12_000,
  floorMs: 0,
  capMs: 300_000,
  jitterRatio: 0.1,
  estimate: { successProbability: 0.8, interval: [0.7, 0.9] },
  confidence: 0.9,
  rationale: 'it was learned',
  reasons: [],
  alternatives: [],
  modelVersion: null,
};
