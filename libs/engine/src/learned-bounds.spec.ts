import { describe, expect, it } from '@jest/globals';
import { somePolicy, someStrategy } from '@smart-retry/domain/testing';
import { learnedBoundsOf } from './learned-bounds.js';

const strategy = (learnedMaxAttempts?: number) => ({
  ...someStrategy(undefined, { maxAttempts: 10, maxDelayMs: 300_000 }),
  ...(learnedMaxAttempts !== undefined && { learnedMaxAttempts }),
});

describe('learnedBoundsOf', () => {
  it("takes the policy's own attempts for learned layers, else the strategy's, else the policy's for rules", () => {
    const policy = somePolicy({ maxAttempts: 3 });
    expect(learnedBoundsOf(strategy(), policy).maxAttempts).toBe(3);
    expect(learnedBoundsOf(strategy(8), policy).maxAttempts).toBe(8);
    expect(learnedBoundsOf(strategy(8), { ...policy, learnedMaxAttempts: 2 }).maxAttempts).toBe(2);
    expect(learnedBoundsOf(strategy(8), null).maxAttempts).toBe(8);
    expect(learnedBoundsOf(strategy(), null).maxAttempts).toBe(3);
  });

  it('is never beyond the guardrails', () => {
    expect(learnedBoundsOf(strategy(12), null).maxAttempts).toBe(10);
    expect(learnedBoundsOf(strategy(), somePolicy({ learnedMaxAttempts: 12 })).maxAttempts).toBe(10);
    expect(learnedBoundsOf(strategy(), somePolicy({ learnedMaxDelayMs: 600_000 })).maxDelayMs).toBe(300_000);
  });

  it("leaves the policy's longest delay to the rules", () => {
    expect(learnedBoundsOf(strategy(), somePolicy({ maxDelayMs: 1_000 })).maxDelayMs).toBe(300_000);
    expect(learnedBoundsOf(strategy(), somePolicy({ learnedMaxDelayMs: 50_000 })).maxDelayMs).toBe(50_000);
  });
});
