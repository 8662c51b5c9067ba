import type { EpochMs } from './features.js';

/** One executed attempt as a worker reports it. Absent is absent: no empty strings, no nulls. */
export interface AttemptReport {
  readonly jobId: string;
  readonly jobType: string;
  readonly attemptNumber: number;
  readonly success: boolean;
  readonly errorClass?: string | undefined;
  readonly errorCode?: string | undefined;
  /** Free text; `cancelled` and `unknown` are stored and teach nothing. */
  readonly status?: string | undefined;
  readonly queue?: string | undefined;
  readonly tenant?: string | undefined;
  readonly dependency?: string | undefined;
  readonly payloadSize?: number | undefined;
  readonly timeOfDay?: number | undefined;
  readonly workerVersion?: string | undefined;
  readonly health?: Readonly<Record<string, number>> | undefined;
  /** The delay that was advised before this attempt. */
  readonly delayMs?: number | undefined;
  /** The delay that was really waited; wins over `delayMs`. */
  readonly actualDelayMs?: number | undefined;
  readonly processingTimeMs?: number | undefined;
  readonly timestampMs: EpochMs;
  /** Whether `timestampMs` is when the report came, since it told no time: the attempt may have ended long before. */
  readonly isTimedByReceipt?: true | undefined;
  readonly recommendationId?: string | undefined;
}

/** Statuses of attempts that neither succeeded nor failed: they are kept, and teach nothing. */
export const STATUSES_WITHOUT_OUTCOME = ['cancelled', 'unknown'] as const;

/** Whether an attempt neither succeeded nor failed. */
export function isWithoutOutcome({ status }: Pick<AttemptReport, 'status'>): boolean {
  return STATUSES_WITHOUT_OUTCOME.some((without) => without === status);
}

/** How long a retry waited after the end of the failed attempt, by when both ended and how long the retry took. */
export function waitBetweenMs(failureEndedAtMs: EpochMs, retryEndedAtMs: EpochMs, processingTimeMs = 0): number {
  return Math.max(0, retryEndedAtMs - processingTimeMs - failureEndedAtMs);
}

/** How the failure that an outcome followed was found; `self`: from the report's own context. */
export type LinkSource = 'recommendation' | 'job' | 'shape' | 'self';

/** The failure that an attempt followed, and the delay really waited between the two. */
export interface FailureLink {
  readonly source: LinkSource;
  readonly errorClass: string;
  readonly errorCode?: string | undefined;
  /** The attempt that failed, from 1. */
  readonly failedAttemptNumber: number;
  /** Unknown when nobody reported it. */
  readonly delayMs?: number | undefined;
  /** What the attempt came of; absent where that is not known, and where a stop was recommended. */
  readonly recommendationId?: string | undefined;
  /** Whether the job had been put off, and was run without asking again. */
  readonly wasPutOff?: true | undefined;
  /** How long the dependency had been failing when that attempt failed (see `RetryFeatures.incidentAgeMs`). */
  readonly incidentAgeMs?: number | undefined;
  /** How long the server asked to wait with that failure; absent where it did not, or nobody knows. */
  readonly hintMs?: number | undefined;
}

/** An attempt on its way to the store. */
export interface AttemptRecord {
  readonly report: AttemptReport;
  /** Absent for first tries and for outcomes whose failure is not known. */
  readonly link?: FailureLink;
  /** Whether statistics count it as a retry. */
  readonly isRetry: boolean;
  /** The share of jobs kept when it was recorded; its weight in statistics is 1 / sampleRate. */
  readonly sampleRate: number;
  readonly recordedAtMs: EpochMs;
  readonly aggregationIntervalMs: number;
}

/** First tries reported as counts over `[windowStartMs, windowEndMs)`. */
export interface AttemptCounts {
  readonly jobType: string;
  readonly dependency?: string;
  readonly queue?: string;
  readonly tenant?: string;
  readonly succeeded: number;
  readonly failed: number;
  readonly processingTimeMs?: number;
  readonly windowStartMs: EpochMs;
  readonly windowEndMs: EpochMs;
}

export const STATISTICS_DIMENSIONS = ['job_type', 'error_class', 'queue', 'tenant'] as const;
export type StatisticsDimension = (typeof STATISTICS_DIMENSIONS)[number];

export interface StatisticsQuery {
  /** Equal to, where given. */
  readonly filter: Readonly<Partial<Record<StatisticsDimension, string>>>;
  readonly groupBy?: StatisticsDimension;
  /** Half-open: `[fromMs, toMs)`. */
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
}

/** Retries within a window, scaled back by the sample rate. */
export interface RetryStatistics {
  /** The value of the dimension grouped by; null where it is not known, or without grouping. */
  readonly group: string | null;
  readonly successfulRetries: number;
  readonly failedRetries: number;
  /** Mean delay before the retries whose delay is known; null when none is. */
  readonly avgDelayMs: number | null;
  /** Timestamp of the newest retry counted; null when there is none. */
  readonly lastAttemptAtMs: EpochMs | null;
  /** Retries really stored; below `successfulRetries + failedRetries` when sampled. */
  readonly recordedRetries: number;
  /** Of those, the ones whose delay is known: what `avgDelayMs` is the mean of. */
  readonly recordedDelays: number;
  /** First tries: reported one by one and as counts. */
  readonly firstTriesSucceeded: number;
  readonly firstTriesFailed: number;
}
