import { describe, expect, it } from '@jest/globals';
import { DEFAULT_STRATEGY, type DecisionRecord, type RetryFeatures } from '@smart-retry/domain';
import { FixedClock, someFeatures, someStrategy, T0 } from '@smart-retry/domain/testing';
import { FailureWindow } from './background/failure-window.js';
import { compileSnapshot } from './configuration-snapshot.js';
import { Incidents } from './incidents.js';
import { UNTAUGHT_LAYERS, type Layer } from './layers.js';
import { RecentRecommendations } from './recent-recommendations.js';
import { RecommendationIds } from './recommendation-id.js';
import { slotOf } from './fleet/call-tally.js';
import { FleetInTime } from './fleet/fleet-in-time.js';
import { Recommender, type RecommenderDependencies } from './recommender.js';
import { replayDecision } from './replay-decision.js';

type Opened = Pick<RecommenderDependencies, 'learnedLayers' | 'fleet'> & {
  readonly featureExtraction: boolean;
  readonly maxDelayMs: number;
};

const open = ({
  featureExtraction = true,
  learnedLayers = UNTAUGHT_LAYERS,
  fleet,
  maxDelayMs = DEFAULT_STRATEGY.guardrails.maxDelayMs,
}: Partial<Opened> = {}) => {
  const clock = new FixedClock();
  const audited: DecisionRecord[] = [];
  const configuration = compileSnapshot(
    {
      revision: 3,
      strategy: {
        ...someStrategy(undefined, { maxDelayMs }),
        dataCollection: { ...DEFAULT_STRATEGY.dataCollection, featureExtraction },
      },
      changedAtMs: T0,
      changedBy: 'test',
    },
    { isEnabled: true },
  );
  const failures = new FailureWindow({
    counters: {
      add: (increments) => Promise.resolve(increments),
    },
    exchangeIntervalMs: 60_000,
    maxDependencies: 10,
    clock: clock.read,
    onError: () => undefined,
  });
  const ids = new RecommendationIds(new Uint8Array(32));
  const recent = new RecentRecommendations({ maxEntries: 10, ttlMs: 60_000, clock: clock.read });
  let word = 0;
  const recommender = new Recommender({
    configuration: { current: () => configuration },
    ids,
    audit: { canTake: true, append: (record) => audited.push(record) },
    recent,
    failures,
    incidents: new Incidents({ maxDependencies: 10 }),
    learnedLayers,
    ...(fleet && { fleet }),
    clock: clock.read,
    randomWord: () => word++,
  });
  return { recommender, audited, ids, failures, configuration, recent, clock };
};

describe('Recommender', () => {
  it('gives the same job and attempt the same delay, and two jobs different ones', () => {
    const { recommender } = open();
    const ask = (jobId: string) => recommender.recommend(someFeatures({ jobId })).recommendation.delayMs;
    expect(ask('a')).toBe(ask('a'));
    expect(new Set(['a', 'b', 'c', 'd', 'e'].map(ask)).size).toBeGreaterThan(3);
  });

  it('draws afresh for questions without a job', () => {
    const { recommender } = open();
    const delays = Array.from({ length: 20 }, () => recommender.recommend(someFeatures()).recommendation.delayMs);
    expect(new Set(delays).size).toBeGreaterThan(10);
  });

  it('issues an id that carries the failure, and a record from which the decision can be replayed', () => {
    const { recommender, ids, audited, configuration } = open();
    const issued = recommender.recommend(someFeatures({ jobId: 'a', errorCode: '504' }));
    expect(ids.decode(issued.recommendationId)).toMatchObject({
      attemptNumber: 1,
      delayMs: issued.recommendation.delayMs,
      failure: { errorClass: 'timeout', errorCode: '504' },
    });
    const record = audited[0];
    expect(record?.recommendationId).toBe(issued.recommendationId);
    if (record === undefined) throw new Error('nothing was audited');
    expect(replayDecision(record, configuration).recommendation).toEqual(record.recommendation);
  });

  it.each([1, 100])(
    'remembers for the outcome what it advised after attempt %d, of a stop only the failure',
    (attempt) => {
      const { recommender, recent } = open();
      const features = someFeatures({ jobId: 'a', attemptNumber: attempt });
      const { recommendation, recommendationId } = recommender.recommend(features);
      expect(recommendation.shouldRetry).toBe(attempt === 1);
      const lookup = { tenant: '', jobType: features.jobType, jobId: 'a', attemptNumber: attempt + 1, sinceMs: 0 };
      const advised = recommendation.shouldRetry ? { delayMs: recommendation.delayMs, recommendationId } : {};
      expect(recent.find(lookup)?.recommendedForJob).toEqual([
        { errorClass: 'timeout', attemptNumber: attempt, incidentAgeMs: 0, atMs: T0, ...advised },
      ]);
    },
  );

  it('decides by the clock of the failure, and expires ten minutes after the retry is due', () => {
    const { recommender } = open();
    const issued = recommender.recommend(someFeatures({ failedAtMs: T0 - 5_000 }));
    expect(issued.recommendation.nextEvaluationAtMs).toBe(T0 - 5_000 + issued.recommendation.delayMs);
    expect(issued.expiresAtMs).toBe(issued.recommendation.nextEvaluationAtMs + 600_000);
  });

  it('is not put off by the same hint for ever: what a job repeats counts from when it was heard first', () => {
    const { recommender, audited, configuration, clock } = open({ maxDelayMs: 2_000 });
    const told: unknown[] = [];
    const failure = someFeatures({ jobId: 'a', errorClass: 'rate_limit', retryAfterMs: 5_000 });
    for (let i = 0; i < 5 && told.at(-1) !== 'retry'; i++) {
      const preview = recommender.preview(failure);
      const { recommendation } = recommender.recommend(failure);
      expect(preview.recommendations[0]?.rationale).toBe(recommendation.rationale);
      told.push(recommendation.decision);
      clock.advance(recommendation.delayMs);
    }
    expect(told).toEqual(['defer', 'defer', 'retry']);
    for (const record of audited) {
      expect(replayDecision(record, configuration).recommendation).toEqual(record.recommendation);
    }
  });

  it('notes how many failures the dependency had lately, unless the request says it', () => {
    const { recommender, audited } = open();
    recommender.recommend(someFeatures({ dependency: 'erp' }));
    recommender.recommend(someFeatures({ dependency: 'erp' }));
    recommender.recommend(someFeatures({ dependency: 'erp', recentFailures: 42 }));
    expect(audited.map((record) => record.features.recentFailures)).toEqual([1, 2, 42]);
  });

  it.each([true, false])(
    'previews with what a recommendation would know, feature extraction %s',
    (featureExtraction) => {
      const told: RetryFeatures[] = [];
      const listener: Layer = ({ features }) => {
        told.push(features);
        return { kind: 'abstention', layer: 'bayesian', reason: 'bayesian_no_posterior' };
      };
      const { recommender } = open({ featureExtraction, learnedLayers: [listener] });
      recommender.recommend(someFeatures({ dependency: 'erp' }));
      told.length = 0;
      recommender.preview(someFeatures({ dependency: 'erp' }), 2);
      const [previewed] = told;
      recommender.recommend(someFeatures({ dependency: 'erp' }));
      const known = (features?: RetryFeatures) => [features?.incidentAgeMs, features?.recentFailures];
      expect(known(previewed)).toEqual(featureExtraction ? [0, 2] : [undefined, undefined]);
      expect(known(previewed)).toEqual(known(told.at(-1)));
    },
  );

  it('does not count a replayed failure', () => {
    const { recommender, failures } = open();
    recommender.recommend(someFeatures({ dependency: 'erp', failedAtMs: T0 - 600_001 }));
    expect(failures.recent('erp')).toBe(0);
  });

  it('shows the breaker in a preview, moves nothing for it, and follows no clock that is ahead', () => {
    const { guardrails, objective } = DEFAULT_STRATEGY;
    const terms = { guardrails: () => guardrails, objective: () => objective };
    const fleet = new FleetInTime({ ...terms, maxDependencies: 10, maxTurns: 100 });
    const { recommender } = open({ fleet });
    const tries = { jobType: 'sync', dependency: 'erp', succeeded: 0, failed: 100 };
    const fail = (i: number, failedAtMs: number) => someFeatures({ dependency: 'erp', jobId: `job-${i}`, failedAtMs });
    fleet.noteCounts([{ ...tries, succeeded: 100, windowStartMs: T0 - 300_000, windowEndMs: T0 - 60_000 }], T0);
    for (let i = 0; i < 60; i++) recommender.recommend(fail(i, T0 - 3_000 + 50 * i));
    const { breaker, calls } = fleet.present.dependency('erp');
    const asked = () => calls.sum('firstAsked', slotOf(T0 - 10_000), slotOf(T0) + 1);
    const before = asked();
    expect(breaker.state).toBe('open');
    const ahead = fail(99, T0 + 290_000);
    expect(recommender.preview(ahead).recommendations[0]).toMatchObject({
      decision: 'defer',
      reasons: expect.arrayContaining(['breaker_open']),
    });
    expect(asked()).toBe(before);
    recommender.recommend(ahead);
    expect(asked()).toBe(before + 1);
    expect(fleet.present.dependency('erp').breaker).toBe(breaker);
  });
});
