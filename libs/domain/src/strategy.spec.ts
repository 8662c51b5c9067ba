import { describe, expect, it } from '@jest/globals';
import { DEFAULT_POLICIES, policyProblems } from './policy.js';
import { DEFAULT_STRATEGY, strategyProblems } from './strategy.js';
import { somePolicy, someStrategy } from './testing/index.js';

describe('defaults', () => {
  it('are sound', () => {
    expect(strategyProblems(DEFAULT_STRATEGY)).toEqual([]);
  });

  it('have the names, priorities and numbers of the published document', () => {
    expect(
      DEFAULT_POLICIES.map((p) => [p.name, p.priority, p.maxAttempts, p.baseDelayMs, p.maxDelayMs, p.jitterPercent]),
    ).toEqual([
      ['rate_limit', 100, 5, 5_000, 60_000, 25],
      ['service_unavailable', 90, 3, 2_000, 30_000, 20],
      ['validation_errors', 80, 1, 0, 0, 0],
      ['default', 1, 3, 1_000, 30_000, 15],
    ]);
  });
});

describe('policyProblems', () => {
  it.each([
    [{ maxAttempts: 0 }, 'max_attempts'],
    [{ maxAttempts: 1.5 }, 'max_attempts'],
    [{ baseDelayMs: -1 }, 'base_delay_ms'],
    [{ maxDelayMs: 500 }, 'max_delay_ms'],
    [{ backoffMultiplier: 0 }, 'backoff_multiplier'],
    [{ backoffMultiplier: Number.NaN }, 'backoff_multiplier'],
    [{ jitterPercent: 101 }, 'jitter_percent'],
    [{ name: ' ' }, 'name'],
    [{ name: '..' }, 'name'],
    [{ errorPatterns: [''] }, 'error_patterns[0]'],
    [{ maxElapsedMs: -5 }, 'max_elapsed_ms'],
  ])('names the field of %p', (change, path) => {
    expect(policyProblems(somePolicy(change)).map((problem) => problem.path)).toContain(path);
  });

  it('reports every problem, not only the first', () => {
    expect(policyProblems(somePolicy({ maxAttempts: 0, jitterPercent: -1, backoffMultiplier: -2 }))).toHaveLength(3);
  });
});

describe('strategyProblems', () => {
  it('refuses two policies of one name', () => {
    const problems = strategyProblems(someStrategy([somePolicy(), somePolicy()]));
    expect(problems).toEqual([{ path: 'policies[1].name', message: expect.stringContaining('unique') }]);
  });

  it('refuses a scoped stop without a scope', () => {
    const problems = strategyProblems(someStrategy([], { emergencyStops: [{ reason: 'x' }] }));
    expect(problems.map((problem) => problem.path)).toEqual(['guardrails.emergency_stops[0]']);
  });
});
