import type { AttemptCounts, AttemptRecord, RetryStatistics, StatisticsQuery } from './attempt.js';
import type { EpochMs } from './features.js';
import type { DecisionMethod, DecisionRecord } from './recommendation.js';
import type { Strategy } from './strategy.js';
import type { TaughtOutcome } from './taught-outcome.js';

/*
 * What the engine needs from the world. Each port has adapters in `libs/storage`, proven by one contract suite.
 * An adapter throws STORE_UNAVAILABLE when its store does not answer in time; everything else it throws is a defect.
 */

export interface StoredConfiguration {
  /** Grows by one with each change, from 1. */
  readonly revision: number;
  readonly strategy: Strategy;
  readonly changedAtMs: EpochMs;
  readonly changedBy: string;
}

/** A response kept under a client's `Idempotency-Key`, so that a repeated write answers the same and changes nothing. */
export interface KeptResponse {
  readonly key: string;
  /** Digest of route, query and body: the same key with another one is a client's mistake. */
  readonly fingerprint: string;
  readonly status: number;
  /** All else that it takes to answer again, as text. */
  readonly body: string;
  readonly keptAtMs: EpochMs;
}

export interface ConfigurationChange {
  /** The revision that the change was made from; 0 for the first one. */
  readonly expectedRevision: number;
  readonly strategy: Strategy;
  readonly actor: string;
  /** What was done, for example `policy.added`. */
  readonly action: string;
  /** What it was done to, for example a policy's name. */
  readonly target: string | null;
  /** Why, in the words of whoever did it; absent like null. */
  readonly reason?: string | null;
  /** Digest of the configuration file's strategy last applied; kept when absent. */
  readonly fileDigest?: string;
  readonly atMs: EpochMs;
  readonly keep?: KeptResponse;
}

export interface ConfigurationHistoryEntry {
  readonly revision: number;
  readonly changedAtMs: EpochMs;
  readonly changedBy: string;
  readonly action: string;
  readonly target: string | null;
  readonly reason: string | null;
  readonly strategy: Strategy;
}

/** The truth about the strategy. */
export interface ConfigurationStore {
  /** Null before the first change. */
  load(): Promise<(StoredConfiguration & { readonly fileDigest: string | null }) | null>;
  /** The newest revision, 0 before the first change; cheap enough to poll. */
  revision(): Promise<number>;
  /**
   * Stores strategy, history entry and kept response in one transaction.
   * @throws {CONFIGURATION_CHANGED} when the revision is not the expected one any more.
   * @throws {IDEMPOTENCY_KEY_REUSED} when a response has been kept under the key meanwhile; it can be read now.
   */
  commit(change: ConfigurationChange): Promise<StoredConfiguration>;
  /** Newest first, below `beforeRevision` when given. */
  history(page: {
    readonly limit: number;
    readonly beforeRevision?: number;
  }): Promise<readonly ConfigurationHistoryEntry[]>;
  /**
   * Keeps the response to a write that had nothing to change.
   * @throws {IDEMPOTENCY_KEY_REUSED} as `commit`.
   */
  keepResponse(response: KeptResponse): Promise<void>;
  /** A response kept for 24 h; null when there is none. */
  keptResponse(key: string, nowMs: EpochMs): Promise<KeptResponse | null>;
}

/** Tells other processes at once that the configuration has changed; a poll is the floor beneath it. */
export interface ConfigurationChannel {
  publish(revision: number): Promise<void>;
  /** Calls back for each revision published by any process, this one included. */
  subscribe(listener: (revision: number) => void): Promise<void>;
}

/** Secrets that all replicas share. */
export interface SigningKeyStore {
  /** The key that all replicas sign with: `candidate` if it is the first one offered, else the one stored. */
  loadOrCreate(candidate: Uint8Array): Promise<Uint8Array>;
}

/** What is known of a failure that an outcome may have followed. */
export interface FailureCandidate {
  readonly errorClass: string;
  readonly errorCode?: string | undefined;
  /** As it was named; absent where it was not, and of a recorded attempt of another job type. */
  readonly dependency?: string | undefined;
  readonly attemptNumber: number;
  /** The delay that was advised after it; absent for a recorded attempt, and where a stop was advised. */
  readonly delayMs?: number | undefined;
  /** Absent as the delay is: what was done in spite of a stop says nothing of the recommendation. */
  readonly recommendationId?: string | undefined;
  /** How long the dependency had been failing then (see `RetryFeatures.incidentAgeMs`); absent when nobody knew. */
  readonly incidentAgeMs?: number | undefined;
  /** How long the server asked to wait with the failure (`RetryFeatures.retryAfterMs`); absent where nobody knew. */
  readonly hintMs?: number | undefined;
  readonly atMs: EpochMs;
  /** Of a recorded attempt: see `AttemptReport.isTimedByReceipt`. */
  readonly isTimedByReceipt?: true | undefined;
}

export interface FailureLookup {
  readonly tenant: string;
  /** Of recommendations. Recorded attempts are told apart as duplicates are, whatever their job type. */
  readonly jobType: string;
  readonly jobId: string;
  readonly attemptNumber: number;
  readonly delayMs?: number;
  /** Recommendations of the same shape that are older than this are not "recent". */
  readonly sinceMs: EpochMs;
}

/** What may have preceded an outcome, newest first in each list, at most 8. */
export interface FailureCandidates {
  /** What was recommended to the same tenant, job type and job, for this attempt number or the one before. */
  readonly recommendedForJob: readonly FailureCandidate[];
  /** Failures recorded for the same tenant and job under the attempt number before, of known class and outcome. */
  readonly recordedForJob: readonly FailureCandidate[];
  /** Retries recommended without a job id with the same tenant, job type, attempt number and delay. */
  readonly recommendedForShape: readonly FailureCandidate[];
}

export interface AttemptStore {
  /**
   * Stores all of them durably, or none. Answers, in order, whether each was already there: the same tenant, job,
   * attempt number and success, whenever it happened; within one call, the first one counts.
   *
   * @param writeId a whole number of this call's own, by which its outcomes are known in `OutcomeHistory`
   */
  record(attempts: readonly AttemptRecord[], writeId?: number): Promise<readonly { readonly duplicate: boolean }[]>;
  /**
   * Stores counts of first tries and, with them, the response kept under an idempotency key.
   * @throws {IDEMPOTENCY_KEY_REUSED} when a response has been kept under the key meanwhile; it can be read now.
   */
  recordCounts(counts: readonly AttemptCounts[], keep?: KeptResponse): Promise<void>;
  /** One entry without `groupBy` (zeros when nothing matches), else one for each group, largest first, at most 1,000. */
  statistics(query: StatisticsQuery): Promise<readonly RetryStatistics[]>;
  /** In order of the lookups. */
  findFailures(lookups: readonly FailureLookup[]): Promise<readonly FailureCandidates[]>;
  /** Drops whole days that ended before `beforeMs`, and what belongs to them; answers how many days. */
  dropBefore(beforeMs: EpochMs): Promise<number>;
}

export interface OutcomePage {
  /** `writeId` as it was given to the call that recorded the outcome. */
  readonly outcomes: readonly { readonly outcome: TaughtOutcome; readonly writeId?: number }[];
  /** Where this page ends; opaque, and good for as long as the process. */
  readonly cursor: string;
  /** Whether nothing more was recorded before this page was asked for. */
  readonly isComplete: boolean;
}

/** Where the report of what followed a recommendation is looked for. */
export interface ReportLookup {
  readonly recommendationId: string;
  /** By the attempt's own time, half-open: `[fromMs, toMs)`. */
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
}

export interface ReportedOutcome {
  readonly success: boolean;
  readonly atMs: EpochMs;
}

/** What the recorded attempts teach, for those who learn. */
export interface OutcomeHistory {
  /**
   * The outcomes after a page's end, or from the beginning: every outcome once, however the writes of many processes
   * overlap, and whatever happens before and between the calls. The past comes day by day, then what is recorded
   * meanwhile, about in the order recorded.
   *
   * @param cursor of the page before; null begins anew
   */
  outcomesAfter(
    cursor: string | null,
    page: {
      /** Attempts that happened earlier are left out. */
      readonly sinceMs: EpochMs;
      /** Most outcomes of one page. */
      readonly limit: number;
      /** Writes whose outcomes the caller knows already: they may be left out, the same ones from page to page of a round. */
      readonly knownWrites?: readonly number[];
    },
  ): Promise<OutcomePage>;
  /** In order of the lookups, an attempt linked to each recommendation; null where none is. Of several, any one. */
  reportedOutcomes(lookups: readonly ReportLookup[]): Promise<readonly (ReportedOutcome | null)[]>;
}

export interface DecisionQuery {
  readonly tenant?: string;
  readonly jobType?: string;
  readonly jobId?: string;
  readonly method?: DecisionMethod;
  /** Half-open: `[fromMs, toMs)`. */
  readonly fromMs?: EpochMs;
  readonly toMs?: EpochMs;
  readonly limit: number;
  /** Opaque, from the page before. */
  readonly cursor?: string;
}

/** The audit trail of decisions. `Sealed` is a decision in the form in which the store writes it, which only the store knows. */
export interface DecisionStore<Sealed = unknown> {
  /** What `append` takes later. Whoever waits to write many at once need not keep the records until then. */
  seal(record: DecisionRecord): Sealed;
  append(sealed: readonly Sealed[]): Promise<void>;
  /** `decidedAtMs` is the record's own, exactly: it is known from the id itself. */
  find(recommendationId: string, decidedAtMs: EpochMs): Promise<DecisionRecord | null>;
  /** Newest first. @throws {INVALID_REQUEST} for a cursor that no page gave. */
  page(
    query: DecisionQuery,
  ): Promise<{ readonly records: readonly DecisionRecord[]; readonly nextCursor: string | null }>;
  /** Drops whole days that ended before `beforeMs`; answers how many. */
  dropBefore(beforeMs: EpochMs): Promise<number>;
}

/** Failures by key over a trailing window, shared by all processes; rebuilt from traffic when lost. */
export interface FailureCounters {
  /** Adds to each key, and answers for the same keys the sum over the window by all processes. */
  add(increments: ReadonlyMap<string, number>, nowMs: EpochMs): Promise<ReadonlyMap<string, number>>;
}

/** Length of the trailing window of `FailureCounters`, and the grain with which it moves. */
export const FAILURE_WINDOW_MS = 300_000;
export const FAILURE_WINDOW_SLOT_MS = 10_000;
