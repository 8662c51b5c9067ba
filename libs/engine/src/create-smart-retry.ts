import { dependencyOf } from '@smart-retry/domain';
import type {
  AttemptStore,
  Clock,
  ConfigurationChannel,
  ConfigurationMirror,
  ConfigurationStore,
  DecisionStore,
  FailureCounters,
  ModelRegistry,
  FleetLedger,
  OutcomeHistory,
  SigningKeyStore,
} from '@smart-retry/domain';
import { AttemptRecorder } from './attempt-recorder.js';
import { AuditTrail } from './background/audit-trail.js';
import { ConfigurationCopies } from './background/configuration-copies.js';
import { Learning } from './background/learning.js';
import { ModelServing } from './background/model-serving.js';
import { shareFleet } from './background/fleet-exchange.js';
import { learnWhoReports } from './background/reporting-history.js';
import { FleetInTime } from './fleet/fleet-in-time.js';
import { FailureWindow } from './background/failure-window.js';
import { createRandomWords, secureRandomBytes, systemClock } from './background/system.js';
import { createBayesianLayer } from './bayesian-layer.js';
import { SharedSigningKey } from './background/shared-signing-key.js';
import { Configuration } from './configuration.js';
import type { LastKnownConfiguration } from './configuration-options.js';
import { NOTHING_DECLARED, type DeclaredStrategy } from './declared-strategy.js';
import { sha256Hex } from './digest.js';
import { Hindsight } from './hindsight.js';
import { Incidents } from './incidents.js';
import { createMlLayer } from './models/ml-layer.js';
import { ModelContest } from './models/model-contest.js';
import { ModelRollout } from './models/model-rollout.js';
import { RecentRecommendations } from './recent-recommendations.js';
import { RecommendationIds } from './recommendation-id.js';
import { Recommender } from './recommender.js';

/** One adapter for each port. */
export interface SmartRetryStores {
  readonly configuration: ConfigurationStore;
  readonly attempts: AttemptStore;
  readonly outcomes: OutcomeHistory;
  readonly decisions: DecisionStore;
  readonly signingKeys: SigningKeyStore;
  readonly models: ModelRegistry;
  readonly failureCounters: FailureCounters;
  readonly channel?: ConfigurationChannel;
  /** Where configuration can be read while its store is away. */
  readonly mirror?: ConfigurationMirror;
  /** Absent where this is the only process. */
  readonly fleetLedger?: FleetLedger;
}

export interface SmartRetryOptions {
  readonly stores: SmartRetryStores;
  readonly declared?: DeclaredStrategy;
  readonly lastKnown?: LastKnownConfiguration;
  /** False answers every question with a stop. */
  readonly isEnabled?: boolean;
  /** After this long without a word from the configuration's store nothing is retried; default never. */
  readonly maxStaleMs?: number;
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
  readonly learning: Learning;
  /** The models that this process serves. */
  readonly models: ModelServing;
  readonly rollout: ModelRollout;
  readonly contest: ModelContest;
  readonly fleet: FleetInTime;
  /**
   * Loads configuration and signing key, begins to learn from history, and keeps trying in the background for what the
   * stores cannot give yet.
   */
  start(): Promise<void>;
  /** Writes what is pending, then stops; the stores stay open. */
  close(): Promise<void>;
}

const DEFAULT_CACHE = { maxEntries: 1_000, ttlMs: 300_000 };
const SIGNING_KEY_BYTES = 32;
const MAX_DEPENDENCIES = 2_000;
/** About 200 B each. */
const MAX_TURNS = 100_000;
/** About 1 KiB each. */
const MAX_CELLS = 100_000;
/** Decisions whose outcome says who expected it better, about 200 B each. */
const MAX_PENDING_BETS = 20_000;
const MAX_KINDS = 10_000;

/** Puts the engine together around its stores. Nothing runs before `start`. */
export function createSmartRetry(options: SmartRetryOptions): SmartRetry {
  const { stores, clock = systemClock, randomWord = createRandomWords(), onError = () => undefined } = options;
  // Until the shared key is known, ids are signed with this one; it is also the candidate for the shared key.
  const candidateKey = secureRandomBytes(SIGNING_KEY_BYTES);
  const ids = new RecommendationIds(candidateKey);
  const copies = stores.mirror && new ConfigurationCopies({ mirror: stores.mirror, lookIntervalMs: 400, onError });
  const configuration = new Configuration({
    store: stores.configuration,
    ...(stores.channel && { channel: stores.channel }),
    ...(copies && { copies }),
    ...(options.maxStaleMs !== undefined && { maxStaleMs: options.maxStaleMs }),
    ...(options.lastKnown && { lastKnown: options.lastKnown }),
    declared: options.declared ?? NOTHING_DECLARED,
    isServiceEnabled: options.isEnabled ?? true,
    clock,
    pollIntervalMs: 500,
    onChange: () => {
      learning.followSettings();
      // A move of models is a change of the configuration as well, and is heard of with it.
      models.refresh().catch(onError);
    },
    onError,
  });
  const audit = new AuditTrail({
    store: stores.decisions,
    flushIntervalMs: 200,
    maxBatchRecords: 256,
    maxPendingRecords: 50_000,
    onError,
  });
  const failures = new FailureWindow({
    counters: stores.failureCounters,
    exchangeIntervalMs: 1_000,
    maxDependencies: MAX_DEPENDENCIES,
    clock,
    onError,
  });
  const recent = new RecentRecommendations({ ...(options.cache ?? DEFAULT_CACHE), clock });
  const incidents = new Incidents({ maxDependencies: MAX_DEPENDENCIES });
  const learning = new Learning({
    history: stores.outcomes,
    attempts: stores.attempts,
    strategy: () => configuration.current().strategy,
    incidents,
    maxCells: MAX_CELLS,
    maxDependencies: MAX_DEPENDENCIES,
    clock,
    randomWord,
    onError,
  });
  const models = new ModelServing({
    registry: stores.models,
    sha256: sha256Hex,
    pollIntervalMs: 1_000,
    onError,
  });
  const rollout = new ModelRollout({
    registry: stores.models,
    serving: models,
    configuration,
    ...(stores.channel && { channel: stores.channel }),
    clock,
    onError,
  });
  const contest = new ModelContest({ maxPending: MAX_PENDING_BETS, maxKinds: MAX_KINDS });
  const hindsight = new Hindsight({ maxPending: MAX_PENDING_BETS, maxKinds: MAX_KINDS });
  const mlLayer = createMlLayer({
    models: () => models.current(),
    memory: learning.memory,
    means: (failure, atMs) => learning.meansOf(failure, atMs),
    contest,
  });
  const fleet = new FleetInTime({
    guardrails: () => configuration.current().strategy.guardrails,
    objective: () => configuration.current().strategy.objective,
    maxDependencies: MAX_DEPENDENCIES,
    maxTurns: MAX_TURNS,
  });
  const exchange = stores.fleetLedger && shareFleet(fleet.present, stores.fleetLedger, { clock, onError });
  const recommender = new Recommender({
    configuration,
    ids,
    audit: {
      append: (record) => {
        audit.append(record);
        contest.noteDecision(record);
        hindsight.noteDecision(record);
      },
      get canTake() {
        return audit.canTake;
      },
    },
    recent,
    failures,
    incidents,
    fleet,
    hindsight,
    learnedLayers: [mlLayer, createBayesianLayer(learning.memory)],
    clock,
    randomWord,
  });
  const attempts = new AttemptRecorder({
    configuration,
    attempts: {
      record: (records) => learning.record(records),
      findFailures: (lookups) => stores.attempts.findFailures(lookups),
    },
    ids,
    recent,
    clock,
    maxBatchAttempts: 512,
    maxQueuedAttempts: 50_000,
    // What a first try teaches is that its dependency works again, and a retry, whose forecast was better.
    onRecorded: (records) => {
      fleet.noteReports(records, clock());
      for (const record of records) {
        const { report } = record;
        if (report.success) incidents.succeed(dependencyOf(report), report.timestampMs);
        contest.noteOutcome(record);
        hindsight.noteOutcome(record);
      }
    },
    onError,
    ...(options.onAttemptBatch && { onBatch: options.onAttemptBatch }),
  });

  const sharedKey = new SharedSigningKey({
    store: stores.signingKeys,
    candidateKey,
    ids,
    onKey: (key) => copies?.useKey(key),
    onError,
  });

  let stopLooking: (() => void) | undefined;

  return {
    configuration,
    recommender,
    attempts,
    audit,
    recent,
    ids,
    learning,
    models,
    rollout,
    contest,
    fleet,
    async start() {
      audit.start();
      failures.start();
      await Promise.all([configuration.start(), sharedKey.start(), models.start(), exchange?.start()]);
      learning.start();
      const { whoReports } = fleet.present;
      stopLooking = learnWhoReports({ attempts: stores.attempts, whoReports, clock, onError });
    },
    async close() {
      configuration.stop();
      models.stop();
      sharedKey.stop();
      failures.stop();
      exchange?.stop();
      learning.stop();
      stopLooking?.();
      await attempts.drain();
      await audit.close();
    },
  };
}
