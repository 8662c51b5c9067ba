import {
  STATISTICS_DIMENSIONS,
  type AttemptCounts,
  type AttemptRecord,
  type RetryStatistics,
  type StatisticsDimension,
  type StatisticsQuery,
} from '@smart-retry/domain';
import { attemptDimensions, isFirstTry, knownDelayMs } from '../attempt-facts.js';
import { MAX_STATISTICS_GROUPS } from '../answer-limits.js';

type Dimensions = Readonly<Record<StatisticsDimension, string | undefined>>;

/** Counts attempts one by one: the plain definition of what statistics mean. */
export function tallyStatistics(
  query: StatisticsQuery,
  attempts: Iterable<AttemptRecord>,
  counts: Iterable<AttemptCounts>,
): readonly RetryStatistics[] {
  const tallies = new Map<string | null, Tally>();
  if (query.groupBy === undefined) tallies.set(null, new Tally());
  const tallyOf = (dimensions: Dimensions) => {
    const group = query.groupBy === undefined ? null : (dimensions[query.groupBy] ?? null);
    const tally = tallies.get(group) ?? new Tally();
    tallies.set(group, tally);
    return tally;
  };
  const matches = (atMs: number, dimensions: Dimensions) =>
    atMs >= query.fromMs &&
    atMs < query.toMs &&
    STATISTICS_DIMENSIONS.every((d) => query.filter[d] === undefined || query.filter[d] === dimensions[d]);

  for (const attempt of attempts) {
    const dimensions = attemptDimensions(attempt);
    if (!matches(attempt.report.timestampMs, dimensions)) continue;
    if (attempt.isRetry) tallyOf(dimensions).addRetry(attempt);
    else if (isFirstTry(attempt)) tallyOf(dimensions).addFirstTry(attempt);
  }
  for (const count of counts) {
    const dimensions = { job_type: count.jobType, error_class: undefined, queue: count.queue, tenant: count.tenant };
    if (matches(count.windowStartMs, dimensions)) tallyOf(dimensions).addCounts(count);
  }
  return [...tallies]
    .map(([group, tally]) => tally.toStatistics(group))
    .sort((a, b) => sizeOf(b) - sizeOf(a))
    .slice(0, MAX_STATISTICS_GROUPS);
}

function sizeOf(statistics: RetryStatistics): number {
  return (
    statistics.successfulRetries +
    statistics.failedRetries +
    statistics.firstTriesSucceeded +
    statistics.firstTriesFailed
  );
}

class Tally {
  #successfulRetries = 0;
  #failedRetries = 0;
  #delaySumMs = 0;
  #retriesWithDelay = 0;
  #lastAttemptAtMs: number | null = null;
  #recordedRetries = 0;
  #recordedDelays = 0;
  #firstTriesSucceeded = 0;
  #firstTriesFailed = 0;

  addRetry(attempt: AttemptRecord): void {
    const weight = 1 / attempt.sampleRate;
    if (attempt.report.success) this.#successfulRetries += weight;
    else this.#failedRetries += weight;
    this.#recordedRetries += 1;
    this.#lastAttemptAtMs = Math.max(this.#lastAttemptAtMs ?? attempt.report.timestampMs, attempt.report.timestampMs);
    const delayMs = knownDelayMs(attempt);
    if (delayMs === undefined) return;
    this.#recordedDelays += 1;
    this.#delaySumMs += weight * delayMs;
    this.#retriesWithDelay += weight;
  }

  addFirstTry(attempt: AttemptRecord): void {
    const weight = 1 / attempt.sampleRate;
    if (attempt.report.success) this.#firstTriesSucceeded += weight;
    else this.#firstTriesFailed += weight;
  }

  addCounts(counts: AttemptCounts): void {
    this.#firstTriesSucceeded += counts.succeeded;
    this.#firstTriesFailed += counts.failed;
  }

  toStatistics(group: string | null): RetryStatistics {
    return {
      group,
      successfulRetries: this.#successfulRetries,
      failedRetries: this.#failedRetries,
      avgDelayMs: this.#retriesWithDelay === 0 ? null : this.#delaySumMs / this.#retriesWithDelay,
      lastAttemptAtMs: this.#lastAttemptAtMs,
      recordedRetries: this.#recordedRetries,
      recordedDelays: this.#recordedDelays,
      firstTriesSucceeded: this.#firstTriesSucceeded,
      firstTriesFailed: this.#firstTriesFailed,
    };
  }
}
