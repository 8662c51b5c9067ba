import { LRUCache } from 'lru-cache';
import type {
  Clock,
  EpochMs,
  FailureCandidate,
  FailureCandidates,
  FailureLookup,
  RetryFeatures,
} from '@smart-retry/domain';

const MAX_CANDIDATES_PER_SHAPE = 8;

export interface RecentRecommendationsOptions {
  /** How many recommendations are kept, least recently used out; 0 keeps none. */
  readonly maxEntries: number;
  readonly ttlMs: number;
  readonly clock: Clock;
}

interface Remembered {
  readonly failures: readonly FailureCandidate[];
  /** Looked at when it is found, so that remembering need not keep a clock for each entry. */
  readonly untilMs: EpochMs;
}

/** The recommendations that this process has just given, by job or by shape: what an outcome most likely followed. */
export class RecentRecommendations {
  readonly #entries: LRUCache<string, Remembered> | null;
  readonly #ttlMs: number;
  readonly #clock: Clock;
  #hits = 0;
  #misses = 0;

  constructor({ maxEntries, ttlMs, clock }: RecentRecommendationsOptions) {
    this.#entries = maxEntries === 0 ? null : new LRUCache({ max: maxEntries });
    this.#ttlMs = ttlMs;
    this.#clock = clock;
  }

  remember(features: RetryFeatures, failure: FailureCandidate & { readonly delayMs: number }): void {
    const entries = this.#entries;
    if (entries === null) return;
    const untilMs = this.#clock() + this.#ttlMs;
    const { tenant = '', jobType, jobId, attemptNumber } = features;
    if (jobId !== undefined) {
      entries.set(jobKey({ tenant, jobType, jobId, attemptNumber }), { failures: [failure], untilMs });
      return;
    }
    const key = shapeKey({ tenant, jobType, attemptNumber, delayMs: failure.delayMs });
    const failures = [failure, ...(this.#get(entries, key) ?? [])].slice(0, MAX_CANDIDATES_PER_SHAPE);
    entries.set(key, { failures, untilMs });
  }

  /** What this process knows; null when it knows nothing, and the store has to be asked. */
  find(lookup: FailureLookup): FailureCandidates | null {
    const entries = this.#entries;
    if (entries === null) return null;
    const { attemptNumber, delayMs } = lookup;
    const before = this.#get(entries, jobKey({ ...lookup, attemptNumber: attemptNumber - 1 }));
    const same = this.#get(entries, jobKey(lookup));
    const shaped = delayMs === undefined ? undefined : this.#get(entries, shapeKey({ ...lookup, delayMs }));
    if (before === undefined && same === undefined && shaped === undefined) return null;
    return {
      recommendedForJob: [...(before ?? []), ...(same ?? [])],
      recordedForJob: [],
      recommendedForShape: shaped ?? [],
    };
  }

  #get(entries: LRUCache<string, Remembered>, key: string): readonly FailureCandidate[] | undefined {
    const remembered = entries.get(key);
    return remembered === undefined || remembered.untilMs < this.#clock() ? undefined : remembered.failures;
  }

  /** Counts what a look-up for one outcome found. */
  count(found: FailureCandidates | null): void {
    if (found === null) this.#misses++;
    else this.#hits++;
  }

  get stats(): { readonly entries: number; readonly hits: number; readonly misses: number } {
    return { entries: this.#entries?.size ?? 0, hits: this.#hits, misses: this.#misses };
  }
}

interface JobKey {
  readonly tenant: string;
  readonly jobType: string;
  readonly jobId: string;
  readonly attemptNumber: number;
}

interface ShapeKey {
  readonly tenant: string;
  readonly jobType: string;
  readonly attemptNumber: number;
  readonly delayMs: number;
}

/** Lengths before texts: ("a:b", "c") and ("a", "b:c") stay apart. */
function jobKey({ tenant, jobType, jobId, attemptNumber }: JobKey): string {
  return `job:${attemptNumber}:${tenant.length}:${jobType.length}:${tenant}${jobType}${jobId}`;
}

function shapeKey({ tenant, jobType, attemptNumber, delayMs }: ShapeKey): string {
  return `shape:${attemptNumber}:${delayMs}:${tenant.length}:${tenant}${jobType}`;
}
