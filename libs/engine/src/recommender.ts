import {
  createRng,
  dependencyOf,
  type Clock,
  type EpochMs,
  type Recommendation,
  type RetryFeatures,
} from '@smart-retry/domain';
import { ADVICE_LIFETIME_MS } from './advice-lifetime.js';
import type { AuditTrail } from './background/audit-trail.js';
import type { FailureWindow } from './background/failure-window.js';
import type { Configuration } from './configuration.js';
import { decide } from './decide.js';
import type { DecisionSnapshot } from './decision-snapshot.js';
import { isReplay, type FleetInTime } from './fleet/fleet-in-time.js';
import type { Hindsight } from './hindsight.js';
import { HintEnds } from './hint-ends.js';
import type { Incidents } from './incidents.js';
import type { Layer } from './layers.js';
import { planRetries, type Preview } from './preview.js';
import type { RecentRecommendations } from './recent-recommendations.js';
import type { RecommendationIds } from './recommendation-id.js';
import { seedOf } from './rng-seed.js';

export interface IssuedRecommendation {
  readonly recommendation: Recommendation;
  readonly recommendationId: string;
  readonly expiresAtMs: EpochMs;
}

export interface RecommenderDependencies {
  readonly configuration: Pick<Configuration, 'current'> & Partial<Pick<Configuration, 'freshness'>>;
  readonly ids: RecommendationIds;
  readonly audit: Pick<AuditTrail, 'append' | 'canTake'>;
  readonly recent: RecentRecommendations;
  readonly failures: FailureWindow;
  readonly incidents: Incidents;
  /** Absent: estimates are shown as they are. */
  readonly hindsight?: Pick<Hindsight, 'correctionOf'>;
  /** What all callers of a dependency share; absent where that is not looked at. */
  readonly fleet?: Pick<FleetInTime, 'at' | 'peek'>;
  readonly learnedLayers: readonly Layer[];
  readonly clock: Clock;
  /** A uniform 32-bit integer. */
  readonly randomWord: () => number;
}

/** About 300 B each. */
const MAX_HINTED_JOBS = 10_000;

/** Answers for one failed job: loads what a decision needs, decides, and hands on what it causes. Waits for nothing. */
export class Recommender {
  readonly #deps: RecommenderDependencies;
  readonly #hintEnds = new HintEnds({ maxJobs: MAX_HINTED_JOBS });

  constructor(dependencies: RecommenderDependencies) {
    this.#deps = dependencies;
  }

  recommend(asked: RetryFeatures): IssuedRecommendation {
    const { ids, audit, recent, clock, randomWord } = this.#deps;
    const receivedAtMs = clock();
    const nowMs = asked.failedAtMs ?? receivedAtMs;
    const features = this.#observe(this.#hintEnds.countDown(asked, nowMs), receivedAtMs);
    const rngSeed = seedOf(features, randomWord);
    // What others share does not follow a clock that is ahead.
    const sharedNowMs = Math.min(nowMs, receivedAtMs);
    const fleet = this.#deps.fleet?.at(dependencyOf(asked), nowMs, receivedAtMs);
    const gate = fleet?.meet(features, sharedNowMs);
    const snapshot = this.#snapshot({ explores: true, gate });
    const { recommendation, evidence, admission } = decide(features, snapshot, nowMs, createRng(rngSeed));
    this.#hintEnds.note(asked, recommendation, nowMs);
    fleet?.settle(features, { isRetry: recommendation.shouldRetry, admission }, sharedNowMs);
    const { errorClass, errorCode, attemptNumber, jobType, tenant = '' } = features;
    const recommendationId = ids.encode({
      decision: recommendation.decision,
      issuedAtMs: receivedAtMs,
      attemptNumber,
      delayMs: recommendation.delayMs,
      propensity: recommendation.propensity,
      tenant,
      jobType,
      errorClass,
      errorCode,
      dependency: features.dependency,
      incidentAgeMs: features.incidentAgeMs,
      hintMs: features.retryAfterMs,
      nonce: randomWord(),
    });
    const isRetry = recommendation.shouldRetry;
    recent.remember(features, {
      errorClass,
      errorCode,
      dependency: features.dependency,
      attemptNumber,
      delayMs: isRetry ? recommendation.delayMs : undefined,
      recommendationId: isRetry ? recommendationId : undefined,
      incidentAgeMs: features.incidentAgeMs,
      hintMs: features.retryAfterMs,
      atMs: receivedAtMs,
    });
    audit.append({ recommendationId, decidedAtMs: receivedAtMs, features, recommendation, evidence, rngSeed });
    const expiresAtMs = nowMs + recommendation.delayMs + ADVICE_LIFETIME_MS;
    return { recommendation, recommendationId, expiresAtMs };
  }

  /** The plan that would follow if every retry failed. Never explores, leaves no trace. */
  preview(asked: RetryFeatures, maxAttempts?: number): Preview {
    const receivedAtMs = this.#deps.clock();
    const nowMs = asked.failedAtMs ?? receivedAtMs;
    const { incidents, failures } = this.#deps;
    const dependency = dependencyOf(asked);
    // As if it had just failed.
    const features = this.#extend(this.#hintEnds.countDown(asked, nowMs), {
      incidentAgeMs: incidents.ageAt(dependency, nowMs),
      recentFailures: failures.recent(dependency) + 1,
    });
    const gate = this.#deps.fleet?.peek(dependency, nowMs, receivedAtMs)?.look(features, Math.min(nowMs, receivedAtMs));
    return planRetries(features, this.#snapshot({ explores: false, gate }), nowMs, {
      maxAttempts,
      randomWord: this.#deps.randomWord,
    });
  }

  /** Counts the failure, and adds what the server knows of it. */
  #observe(features: RetryFeatures, receivedAtMs: EpochMs): RetryFeatures {
    const { failures, incidents } = this.#deps;
    const dependency = dependencyOf(features);
    const failedAtMs = features.failedAtMs ?? receivedAtMs;
    const incidentAgeMs = incidents.fail(dependency, failedAtMs);
    if (!isReplay(failedAtMs, receivedAtMs)) failures.count(dependency, receivedAtMs);
    return this.#extend(features, { incidentAgeMs, recentFailures: failures.recent(dependency) });
  }

  /** Adds what the server knows where the request does not say it; nothing where the operator does not want that. */
  #extend(
    features: RetryFeatures,
    known: Required<Pick<RetryFeatures, 'incidentAgeMs' | 'recentFailures'>>,
  ): RetryFeatures {
    const { configuration } = this.#deps;
    if (!configuration.current().strategy.dataCollection.featureExtraction) return features;
    const { incidentAgeMs = known.incidentAgeMs, recentFailures = known.recentFailures } = features;
    return { ...features, incidentAgeMs, recentFailures };
  }

  #snapshot({ explores, gate }: Pick<DecisionSnapshot, 'explores' | 'gate'>): DecisionSnapshot {
    const { configuration } = this.#deps;
    return {
      configuration: configuration.current(),
      freshness: configuration.freshness ?? 'confirmed',
      learnedLayers: this.#deps.learnedLayers,
      canAudit: this.#deps.audit.canTake,
      explores,
      gate,
      hindsight: this.#deps.hindsight,
    };
  }
}
