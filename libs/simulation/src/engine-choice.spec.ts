import { describe, expect, it } from '@jest/globals';
import type { Recommendation } from '@smart-retry/domain';
import { choiceOf } from './engine-choice.js';

const advised = (changes: Partial<Recommendation>): Recommendation => ({
  decision: 'retry',
  shouldRetry: true,
  delayMs: 500,
  maxAttempts: 5,
  confidence: 1,
  rationale: '',
  method: 'rules',
  estimatedSuccess: 0.5,
  estimatedSuccessInterval: [0, 1],
  nextEvaluationAtMs: 500,
  policyGuardrails: [],
  guardrailEffects: [],
  policy: null,
  alternatives: [],
  reasons: [],
  propensity: 1,
  modelVersion: null,
  countsAsAttempt: true,
  ...changes,
});

describe('choiceOf', () => {
  it('says how the job was treated, also for a worker that never asks again', () => {
    const treatments = (worker?: { readonly asksAgain: boolean }) =>
      [advised({}), advised({ reasons: ['breaker_probe'] }), advised({ decision: 'defer' })].map((recommendation) => {
        const choice = choiceOf(recommendation, 0, worker);
        return choice.action === 'stop' ? null : choice.treatment;
      });
    expect(treatments()).toEqual(['as_planned', 'as_probe', 'put_off']);
    expect(treatments({ asksAgain: false })).toEqual(['as_planned', 'as_probe', 'put_off']);
  });
});
