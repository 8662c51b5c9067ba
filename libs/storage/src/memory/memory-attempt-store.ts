import {
  isWithoutOutcome,
  type AttemptCounts,
  type AttemptRecord,
  type AttemptReport,
  type AttemptStore,
  type DataSubject,
  type EpochMs,
  type FailureCandidate,
  type FailureCandidates,
  type FailureLookup,
  type KeptResponse,
  type RetryStatistics,
  type StatisticsQuery,
} from '@smart-retry/domain';
import { attemptIdentity } from '../attempt-facts.js';
import { MAX_CANDIDATES } from '../answer-limits.js';
import { hasDayEnded, startOfUtcDayMs } from '../utc-days.js';
import { isOfSubject } from './is-of-subject.js';
import { GroupedIndex } from './grouped-index.js';
import { MemoryDecisionStore } from './memory-decision-store.js';
import { MemoryKeptResponses } from './memory-kept-responses.js';
import { MemoryOutcomeHistory } from './memory-outcome-history.js';
import { tallyStatistics } from './tally-statistics.js';

/** The newest `maxRecords` attempts (and as many counts) of this process. */
export class MemoryAttemptStore implements AttemptStore {
  readonly #maxRecords: number;
  readonly #decisions: MemoryDecisionStore;
  readonly #outcomes: MemoryOutcomeHistory;
  readonly #keptResponses: MemoryKeptResponses;
  readonly #attempts = new Map<string, AttemptRecord>();
  readonly #failures = new GroupedIndex<AttemptRecord>();
  #counts: AttemptCounts[] = [];
  /** Identities of erased attempts, as many as attempts are held. */
  readonly #erased = new Set<string>();

  constructor({
    maxRecords = 100_000,
    decisions = new MemoryDecisionStore(),
    outcomes = new MemoryOutcomeHistory(),
    keptResponses = new MemoryKeptResponses(),
  }: {
    readonly maxRecords?: number;
    /** Where the failures that outcomes followed are looked up. */
    readonly decisions?: MemoryDecisionStore;
    /** Where what they teach is kept in order. */
    readonly outcomes?: MemoryOutcomeHistory;
    readonly keptResponses?: MemoryKeptResponses;
  } = {}) {
    this.#maxRecords = maxRecords;
    this.#decisions = decisions;
    this.#outcomes = outcomes;
    this.#keptResponses = keptResponses;
  }

  async record(
    attempts: readonly AttemptRecord[],
    writeId?: number,
  ): Promise<readonly { readonly duplicate: boolean }[]> {
    const results = attempts.map((attempt) => ({ duplicate: !this.#addUnlessKnown(attempt, writeId) }));
    for (const [identity, attempt] of this.#attempts) {
      if (this.#attempts.size <= this.#maxRecords) break;
      this.#remove(identity, attempt);
    }
    return results;
  }

  async recordCounts(counts: readonly AttemptCounts[], keep?: KeptResponse): Promise<void> {
    if (keep !== undefined) {
      this.#keptResponses.assertFree(keep);
      this.#keptResponses.keep(keep);
    }
    this.#counts.push(...counts);
    this.#counts.splice(0, this.#counts.length - this.#maxRecords);
  }

  async statistics(query: StatisticsQuery): Promise<readonly RetryStatistics[]> {
    return tallyStatistics(query, this.#attempts.values(), this.#counts);
  }

  async findFailures(lookups: readonly FailureLookup[]): Promise<readonly FailureCandidates[]> {
    return lookups.map((lookup) => ({
      recommendedForJob: this.#decisions.recommendedForJob(lookup),
      recordedForJob: this.#recordedForJob(lookup),
      recommendedForShape: this.#decisions.recommendedForShape(lookup),
    }));
  }

  async dropBefore(beforeMs: EpochMs): Promise<number> {
    const days = new Set<EpochMs>();
    for (const [identity, attempt] of this.#attempts) {
      const dayMs = startOfUtcDayMs(attempt.report.timestampMs);
      if (!hasDayEnded(dayMs, beforeMs)) continue;
      days.add(dayMs);
      this.#remove(identity, attempt);
    }
    this.#counts = this.#counts.filter((count) => !hasDayEnded(startOfUtcDayMs(count.windowStartMs), beforeMs));
    return days.size;
  }

  reportsOf(subject: DataSubject): readonly AttemptReport[] {
    return [...this.#attempts.values()].map(({ report }) => report).filter((report) => isOfSubject(report, subject));
  }

  /** Counts are of tenants, not of jobs. */
  countsOf(subject: DataSubject): readonly AttemptCounts[] {
    return subject.jobId === undefined ? this.#counts.filter((counts) => isOfSubject(counts, subject)) : [];
  }

  erase(subject: DataSubject): { readonly attempts: number; readonly counts: number } {
    const before = { attempts: this.#attempts.size, counts: this.#counts.length };
    for (const [identity, attempt] of this.#attempts) {
      if (!isOfSubject(attempt.report, subject)) continue;
      this.#remove(identity, attempt);
      this.#erased.add(identity);
    }
    for (const identity of this.#erased) {
      if (this.#erased.size <= this.#maxRecords) break;
      this.#erased.delete(identity);
    }
    const erasedCounts = new Set(this.countsOf(subject));
    this.#counts = this.#counts.filter((counts) => !erasedCounts.has(counts));
    return { attempts: before.attempts - this.#attempts.size, counts: before.counts - this.#counts.length };
  }

  #addUnlessKnown(attempt: AttemptRecord, writeId: number | undefined): boolean {
    const identity = attemptIdentity(attempt.report);
    if (this.#attempts.has(identity) || this.#erased.has(identity)) return false;
    this.#attempts.set(identity, attempt);
    this.#outcomes.add(attempt, writeId);
    if (isFailureOfKnownClass(attempt)) this.#failures.add(failureKey(attempt.report), attempt);
    return true;
  }

  #remove(identity: string, attempt: AttemptRecord): void {
    this.#attempts.delete(identity);
    this.#outcomes.remove(attempt);
    this.#failures.remove(failureKey(attempt.report), attempt);
  }

  #recordedForJob({ tenant, jobType, jobId, attemptNumber }: FailureLookup): readonly FailureCandidate[] {
    return this.#failures
      .get(failureKey({ tenant, jobId, attemptNumber: attemptNumber - 1 }))
      .flatMap(({ report }) => toCandidate(report, jobType) ?? [])
      .sort((a, b) => b.atMs - a.atMs)
      .slice(0, MAX_CANDIDATES);
  }
}

/** With its dependency where it is of that type. */
function toCandidate(report: AttemptReport, jobType: string): FailureCandidate | null {
  const { errorClass, errorCode, dependency, attemptNumber, timestampMs, isTimedByReceipt } = report;
  if (errorClass === undefined) return null;
  return {
    errorClass,
    ...(errorCode === undefined ? {} : { errorCode }),
    ...(dependency === undefined || report.jobType !== jobType ? {} : { dependency }),
    attemptNumber,
    atMs: timestampMs,
    isTimedByReceipt,
  };
}

function isFailureOfKnownClass({ report }: AttemptRecord): boolean {
  return !report.success && report.errorClass !== undefined && !isWithoutOutcome(report);
}

function failureKey(job: {
  readonly tenant?: string | undefined;
  readonly jobId: string;
  readonly attemptNumber: number;
}): string {
  return JSON.stringify([job.tenant ?? '', job.jobId, job.attemptNumber]);
}
