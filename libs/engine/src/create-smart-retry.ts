import type {
  AttemptStore,
  Clock,
  ConfigurationChannel,
  ConfigurationStore,
  DecisionStore,
  FailureCounters,
  SigningKeyStore,
} from '@smart-retry/domain';
import { AttemptRecorder } from './attempt-recorder.js';
import { AuditTrail } from './background/audit-trail.js';
import { FailureWindow } from './background/failure-window.js';
import { createRandomWords, secureRandomBytes, systemClock } from './background/system.js';
import { SharedSigningKey } from './background/shared-signing-key.js';
import { Configuration, type LastKnownConfiguration } from './configuration.js';
import { NOTHING_DECLARED, type DeclaredStrategy } from './declared-strategy.js';
import { RecentRecommendations } from './recent-recommendations.js';
import { RecommendationIds } from './recommendation-id.js';
import { Recommender } from './recommender.js';

/** One adapter for each port. */
export interface SmartRetryStores {
  readonly configuration: ConfigurationStore;
  readonly attempts: AttemptStore;
  readonly decisions: DecisionStore;
  readonly signingKeys: SigningKeyStore;
  readonly failureCounters: FailureCounters;
  readonly channel?: ConfigurationChannel;
}

export interface SmartRetryOptions {
  readonly stores: SmartRetryStores;
  readonly declared?: DeclaredStrategy;
  readonly lastKnown?: LastKnownConfiguration;
  /** False answers every question with a stop. */
  readonly isEnabled?: boolean;
  /** Bounds of the in-process memory of recommendations. */
  readonly cache?: { readonly maxEntries: number; readonly ttlMs: number };
  readonly clock?: Clock;
  /** A uniform 32-bit integer. */
  readonly randomWord?: () => number;
  /** Told of each failure in the background; nothing is thrown there. */
  readonly onError?: (error: unknown) => void;
  /** Told the size of each group of attempts written together. */
  readonly onAttemptBatch?: (attempts: number) => void;
}

/** The product without HTTP. */
export interface SmartRetry {
  readonly configuration: Configuration;
  readonly recommender: Recommender;
  readonly attempts: AttemptRecorder;
  readonly audit: AuditTrail;
  readonly recent: RecentRecommendations;
  readonly ids: RecommendationIds;
  /** Loads configuration and signing key, and keeps trying in the background for what the stores cannot give yet. */
  start(): Promise<void>;
  /** Writes what is pending, then stops; the stores stay open. */
  close(): Promise<void>;
}

const DEFAULT_CACHE = { maxEntries: 1_000, ttlMs: 300_000 };
const SIGNING_KEY_BYTES = 32;

/** Puts the engine together around its stores. Nothing runs before `start`. */
export function createSmartRetry(options: SmartRetryOptions): SmartRetry {
  const { stores, clock = systemClock, randomWord = createRandomWords(), onError = () => undefined } = options;
  // Until the shared key is known, ids are signed with this one; it is also the candidate for the shared key.
  const candidateKey = secureRandomBytes(SIGNING_KEY_BYTES);
  const ids = new RecommendationIds(candidateKey);
  const configuration = new Configuration({
    store: stores.configuration,
    ...(stores.channel && { channel: stores.channel }),
    ...(options.lastKnown && { lastKnown: options.lastKnown }),
    declared: options.declared ?? NOTHING_DECLARED,
    isServiceEnabled: options.isEnabled ?? true,
    clock,
    pollIntervalMs: 500,
    onError,
  });
  const audit = new AuditTrail({
    store: stores.decisions,
    flushIntervalMs: 200,
    maxBatchRecords: 1_000,
    maxPendingRecords: 50_000,
    onError,
  });
  const failures = new FailureWindow({
    counters: stores.failureCounters,
    exchangeIntervalMs: 1_000,
    maxDependencies: 2_000,
    clock,
    onError,
  });
  const recent = new RecentRecommendations({ ...(options.cache ?? DEFAULT_CACHE), clock });
  const recommender = new Recommender({ configuration, ids, audit, recent, failures, clock, randomWord });
  const attempts = new AttemptRecorder({
    configuration,
    attempts: stores.attempts,
    ids,
    recent,
    clock,
    maxBatchAttempts: 1_000,
    maxQueuedAttempts: 50_000,
    ...(options.onAttemptBatch && { onBatch: options.onAttemptBatch }),
  });

  const sharedKey = new SharedSigningKey({ store: stores.signingKeys, candidateKey, ids, onError });

  return {
    configuration,
    recommender,
    attempts,
    audit,
    recent,
    ids,
    async start() {
      audit.start();
      failures.start();
      await Promise.all([configuration.start(), sharedKey.start()]);
    },
    async close() {
      configuration.stop();
      sharedKey.stop();
      failures.stop();
      await attempts.drain();
      await audit.close();
    },
  };
}
