import { describe, expect, it } from '@jest/globals';
import { DEFAULT_POLICIES, DEFAULT_STRATEGY } from '@smart-retry/domain';
import { compileSchema } from '../http/compile-schema.js';
import { fromStrategy, StrategyBody, toStrategy } from '../strategy/strategy.dto.js';
import { fromRetryPolicy, PolicyBody, toRetryPolicy } from './policy.dto.js';

describe('policies on the wire', () => {
  it.each(DEFAULT_POLICIES.map((policy) => [policy.name, policy] as const))(
    'bring %s back as it was',
    (_name, policy) => {
      const limited = {
        ...policy,
        maxElapsedMs: 60_000,
        queuePatterns: ['q.*'],
        objective: { valueHalfLifeMs: 5_400_000 },
        exploration: { enabled: false, maxShare: 0.1, anchorShare: 0 },
        learnedMaxAttempts: 12,
        learnedMaxDelayMs: 0,
      };
      const body = compileSchema<PolicyBody>(PolicyBody)(fromRetryPolicy(limited));
      expect(toRetryPolicy(body, '')).toEqual(limited);
    },
  );

  it('takes the numbers of the built-in fallback for what is left out', () => {
    expect(toRetryPolicy({ name: 'p', max_attempts: 2 }, '')).toMatchObject({
      baseDelayMs: 1_000,
      maxDelayMs: 30_000,
      backoffMultiplier: 2,
      jitterPercent: 15,
      priority: 0,
      stopOnValidation: false,
    });
  });
});

describe('a strategy on the wire', () => {
  it('brings every field back as it was', () => {
    const strategy = {
      ...DEFAULT_STRATEGY,
      guardrails: {
        ...DEFAULT_STRATEGY.guardrails,
        maxHintMs: 5,
        emergencyStops: [{ tenant: 't', jobType: 'j', queue: 'q', reason: 'r' }],
        tenantLimits: [
          { tenant: '*', retriesPerMinute: 5 },
          { tenant: 't', queue: 'q', jobType: 'j', budgetSharePercent: 50, maxAttempts: 2 },
        ],
      },
      objective: { valueHalfLifeMs: 1_500, attemptCost: 0 },
      exploration: { enabled: false, maxShare: 0.5, anchorShare: 0.5 },
      learning: {
        mode: 'off' as const,
        jobTypes: [{ jobType: 'a', mode: 'on' as const, pinnedAtMs: 20, ignoreBeforeMs: 10 }, { jobType: 'b' }],
        excludedWindows: [
          { fromMs: 0, toMs: 1_700_000_000_123, jobType: 'a', dependency: 'd', reason: 'r' },
          { fromMs: 5, toMs: 6 },
        ],
      },
      learnedMaxAttempts: 12,
    };
    expect(toStrategy(compileSchema<StrategyBody>(StrategyBody)(fromStrategy(strategy)), DEFAULT_STRATEGY)).toEqual(
      strategy,
    );
  });

  it('takes back what was set since it was read', () => {
    const body = compileSchema<StrategyBody>(StrategyBody)(fromStrategy(DEFAULT_STRATEGY));
    expect(toStrategy(body, { ...DEFAULT_STRATEGY, learnedMaxAttempts: 8 })).toEqual(DEFAULT_STRATEGY);
  });
});
