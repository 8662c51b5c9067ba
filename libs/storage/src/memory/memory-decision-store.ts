import type {
  DataSubject,
  DecisionQuery,
  DecisionRecord,
  DecisionStore,
  EpochMs,
  FailureCandidate,
  FailureLookup,
} from '@smart-retry/domain';
import { compareNewestFirst, formatDecisionCursor, parseDecisionCursor } from '../decision-cursor.js';
import { MAX_CANDIDATES } from '../answer-limits.js';
import { hasDayEnded, startOfUtcDayMs } from '../utc-days.js';
import { isOfSubject } from './is-of-subject.js';
import { GroupedIndex } from './grouped-index.js';

/** The newest `maxRecords` decisions of this process. */
export class MemoryDecisionStore implements DecisionStore<DecisionRecord> {
  readonly #maxRecords: number;
  readonly #records = new Map<string, DecisionRecord>();
  /** What was recommended by the job or, without a job id, retries by the shape under which their outcomes are looked up. */
  readonly #recommended = new GroupedIndex<DecisionRecord>();

  constructor({ maxRecords = 100_000 }: { readonly maxRecords?: number } = {}) {
    this.#maxRecords = maxRecords;
  }

  seal(record: DecisionRecord): DecisionRecord {
    return record;
  }

  async append(records: readonly DecisionRecord[]): Promise<void> {
    for (const record of records) {
      if (this.#records.has(record.recommendationId)) continue;
      this.#records.set(record.recommendationId, record);
      if (record.recommendation.shouldRetry || record.features.jobId !== undefined)
        this.#recommended.add(lookupKey(record), record);
    }
    for (const record of this.#records.values()) {
      if (this.#records.size <= this.#maxRecords) break;
      this.#remove(record);
    }
  }

  async find(recommendationId: string, decidedAtMs: EpochMs): Promise<DecisionRecord | null> {
    const record = this.#records.get(recommendationId);
    return record?.decidedAtMs === decidedAtMs ? record : null;
  }

  async page(
    query: DecisionQuery,
  ): Promise<{ readonly records: readonly DecisionRecord[]; readonly nextCursor: string | null }> {
    const after = query.cursor === undefined ? undefined : parseDecisionCursor(query.cursor);
    const matching = [...this.#records.values()]
      .filter((record) => matches(record, query) && (after === undefined || compareNewestFirst(after, record) < 0))
      .sort(compareNewestFirst);
    const records = matching.slice(0, query.limit);
    const last = records.at(-1);
    return {
      records,
      nextCursor: last === undefined || matching.length <= query.limit ? null : formatDecisionCursor(last),
    };
  }

  async dropBefore(beforeMs: EpochMs): Promise<number> {
    const days = new Set<EpochMs>();
    for (const record of this.#records.values()) {
      const dayMs = startOfUtcDayMs(record.decidedAtMs);
      if (!hasDayEnded(dayMs, beforeMs)) continue;
      days.add(dayMs);
      this.#remove(record);
    }
    return days.size;
  }

  decisionsOf(subject: DataSubject): readonly DecisionRecord[] {
    return [...this.#records.values()].filter(({ features }) => isOfSubject(features, subject));
  }

  /** Answers how many. */
  erase(subject: DataSubject): number {
    const erased = this.decisionsOf(subject);
    for (const record of erased) this.#remove(record);
    return erased.length;
  }

  /** What was recommended to the job of an outcome, newest first. */
  recommendedForJob({ tenant, jobType, jobId, attemptNumber }: FailureLookup): readonly FailureCandidate[] {
    return [attemptNumber, attemptNumber - 1]
      .flatMap((failedAttempt) => this.#recommended.get(JSON.stringify(['job', tenant, jobType, jobId, failedAttempt])))
      .sort(compareNewestFirst)
      .slice(0, MAX_CANDIDATES)
      .map(toCandidate);
  }

  /** Retries recommended without a job id that look like the one whose outcome is known, newest first. */
  recommendedForShape(lookup: FailureLookup): readonly FailureCandidate[] {
    const { tenant, jobType, attemptNumber, delayMs, sinceMs } = lookup;
    if (delayMs === undefined) return [];
    return this.#recommended
      .get(JSON.stringify(['shape', tenant, jobType, attemptNumber, delayMs]))
      .filter((record) => record.decidedAtMs >= sinceMs)
      .sort(compareNewestFirst)
      .slice(0, MAX_CANDIDATES)
      .map(toCandidate);
  }

  #remove(record: DecisionRecord): void {
    this.#records.delete(record.recommendationId);
    this.#recommended.remove(lookupKey(record), record);
  }
}

function lookupKey({ features, recommendation }: DecisionRecord): string {
  const { tenant = '', jobType, jobId, attemptNumber } = features;
  return jobId === undefined
    ? JSON.stringify(['shape', tenant, jobType, attemptNumber, recommendation.delayMs])
    : JSON.stringify(['job', tenant, jobType, jobId, attemptNumber]);
}

function toCandidate({ features, recommendation, recommendationId, decidedAtMs }: DecisionRecord): FailureCandidate {
  return {
    errorClass: features.errorClass,
    ...(features.errorCode === undefined ? {} : { errorCode: features.errorCode }),
    ...(features.dependency === undefined ? {} : { dependency: features.dependency }),
    attemptNumber: features.attemptNumber,
    ...(recommendation.shouldRetry && { delayMs: recommendation.delayMs, recommendationId }),
    ...(features.incidentAgeMs === undefined ? {} : { incidentAgeMs: features.incidentAgeMs }),
    ...(features.retryAfterMs === undefined ? {} : { hintMs: features.retryAfterMs }),
    atMs: decidedAtMs,
  };
}

function matches({ features, recommendation, decidedAtMs }: DecisionRecord, query: DecisionQuery): boolean {
  return (
    (query.tenant === undefined || features.tenant === query.tenant) &&
    (query.jobType === undefined || features.jobType === query.jobType) &&
    (query.jobId === undefined || features.jobId === query.jobId) &&
    (query.method === undefined || recommendation.method === query.method) &&
    (query.fromMs === undefined || decidedAtMs >= query.fromMs) &&
    (query.toMs === undefined || decidedAtMs < query.toMs)
  );
}
