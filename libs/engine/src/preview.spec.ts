import { describe, expect, it } from '@jest/globals';
import { someFeatures, someStrategy, T0 } from '@smart-retry/domain/testing';
import { DEFAULT_STRATEGY, type RetryFeatures } from '@smart-retry/domain';
import { compileSnapshot } from './configuration-snapshot.js';
import { repeatGate, type FleetGate } from './fleet/fleet-gate.js';
import { Fleet } from './fleet/fleet.js';
import { UNTAUGHT_LAYERS } from './layers.js';
import { planRetries } from './preview.js';

const plan = (features: Partial<RetryFeatures>, maxAttempts?: number, gate?: FleetGate) =>
  planRetries(
    someFeatures(features),
    {
      configuration: compileSnapshot(
        { revision: 1, strategy: someStrategy(), changedAtMs: T0, changedBy: 'test' },
        { isEnabled: true },
      ),
      learnedLayers: UNTAUGHT_LAYERS,
      canAudit: true,
      explores: false,
      gate,
    },
    T0,
    { maxAttempts, randomWord: () => 5 },
  );

describe('planRetries', () => {
  it('has one entry for each retry, the first after the current attempt, each later than the one before', () => {
    const { timeline, recommendations } = plan({ errorClass: 'rate_limit' }, 5);
    expect(timeline.map((retry) => retry.attemptNumber)).toEqual([2, 3, 4, 5]);
    expect(recommendations).toHaveLength(4);
    timeline.forEach((retry, i) => {
      expect(retry.scheduledAtMs).toBe((timeline[i - 1]?.scheduledAtMs ?? T0) + retry.delayMs);
    });
  });

  it('plans for as many attempts as the policy allows by default', () => {
    expect(plan({}).timeline.map((retry) => retry.attemptNumber)).toEqual([2, 3]);
  });

  it('ends with the stop where the plan ends early', () => {
    const { recommendations, timeline } = plan({}, 10);
    expect(recommendations.map((r) => r.decision)).toEqual(['retry', 'retry', 'stop']);
    expect(timeline).toHaveLength(2);
  });

  it('says the stop of a job that has no attempts left, whatever the horizon', () => {
    for (const horizon of [undefined, 3, 2, 9]) {
      const { recommendations, timeline } = plan({ attemptNumber: 3 }, horizon);
      expect([recommendations.map((r) => r.decision), timeline]).toEqual([['stop'], []]);
    }
  });

  it('is one stop and an empty timeline for a validation error', () => {
    const { recommendations, timeline } = plan({ errorClass: 'validation' }, 5);
    expect(recommendations.map((r) => r.decision)).toEqual(['stop']);
    expect(timeline).toEqual([]);
  });

  it('counts elapsed time along the plan, and a hint for the first wait only', () => {
    const hinted = plan({ errorClass: 'rate_limit', retryAfterMs: 40_000 }, 3).timeline;
    expect(hinted[0]?.delayMs).toBeGreaterThanOrEqual(40_000);
    expect(hinted[1]?.delayMs).toBeLessThan(20_000);
    const bounded = plan({ errorClass: 'rate_limit', deadlineAtMs: T0 + 8_000 }, 5);
    expect(bounded.recommendations.map((r) => r.decision)).toEqual(['retry', 'stop']);
  });

  it('begins with what a recommendation would be told of the dependency now, which nobody knows of later', () => {
    const verdict = {
      kind: 'deferred',
      delayMs: 60_000,
      reasons: ['breaker_open'],
      effects: [{ name: 'breaker', before: 'retry', after: 'defer' }],
      because: ['its breaker is open'],
    } as const;
    const gate = repeatGate({ isCalm: false, sharedHintMs: 0, verdict });
    const { recommendations, timeline } = plan({}, undefined, gate);
    expect(recommendations.map((r) => r.decision)).toEqual(['defer', 'retry', 'retry']);
    expect(recommendations.map((r) => r.policyGuardrails)).toEqual([['breaker'], [], []]);
    expect(timeline.map((retry) => retry.attemptNumber)).toEqual([2, 3]);
    expect(timeline[0]?.scheduledAtMs).toBeGreaterThan(T0 + 60_000);
  });

  describe('at a breaker that an operator holds open', () => {
    const held = (features: Partial<RetryFeatures>, maxAttempts?: number) => {
      const fleet = new Fleet({
        guardrails: () => ({
          ...DEFAULT_STRATEGY.guardrails,
          breakerOverrides: [{ dependency: 'erp', state: 'open' }],
        }),
        objective: () => DEFAULT_STRATEGY.objective,
        maxDependencies: 1,
        maxTurns: 1,
      });
      const failure = someFeatures({ dependency: 'erp', ...features });
      return plan({ dependency: 'erp', ...features }, maxAttempts, fleet.look(failure, T0));
    };

    it('ends with the wait there, since nobody knows when the operator lets go', () => {
      for (const horizon of [undefined, 2, 50]) {
        const { recommendations, timeline } = held({}, horizon);
        expect(recommendations.map((r) => r.decision)).toEqual(['defer']);
        expect(recommendations[0]?.rationale).toContain('open until further notice');
        expect(timeline).toEqual([]);
      }
    });

    it('meets it after a wait that a server asked for, too', () => {
      const { recommendations } = held({ retryAfterMs: 1e9 });
      expect(recommendations.map((r) => r.policyGuardrails.includes('breaker'))).toEqual([false, true]);
    });

    it('ends with the stop of a job whose time is over before', () => {
      const { recommendations } = held({ deadlineAtMs: T0 + 500, attemptNumber: 3 });
      expect(recommendations.map((r) => r.decision)).toEqual(['stop']);
    });
  });

  it('ends, however often it would only defer', () => {
    const { recommendations } = plan({ retryAfterMs: 1e9 }, 100);
    expect(recommendations.map((r) => r.decision)).toEqual(['defer', 'retry', 'retry', 'stop']);
  });
});
