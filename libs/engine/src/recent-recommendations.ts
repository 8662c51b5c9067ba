import { LRUCache } from 'lru-cache';
import type { Clock, FailureCandidate, FailureCandidates, FailureLookup, RetryFeatures } from '@smart-retry/domain';
import { hasJobId, jobAttemptKey } from './job-attempt-key.js';

const MAX_CANDIDATES_PER_SHAPE = 8;

export interface RecentRecommendationsOptions {
  /** How many recommendations are kept, least recently used out; 0 keeps none. */
  readonly maxEntries: number;
  readonly ttlMs: number;
  readonly clock: Clock;
}

/** The recommendations that this process has just given, by job or by shape: what an outcome most likely followed. */
export class RecentRecommendations {
  readonly #entries: LRUCache<string, readonly FailureCandidate[]> | null;
  readonly #ttlMs: number;
  readonly #clock: Clock;
  #hits = 0;
  #misses = 0;

  constructor({ maxEntries, ttlMs, clock }: RecentRecommendationsOptions) {
    this.#entries = maxEntries === 0 ? null : new LRUCache({ max: maxEntries });
    this.#ttlMs = ttlMs;
    this.#clock = clock;
  }

  remember(features: RetryFeatures, failure: FailureCandidate): void {
    const entries = this.#entries;
    if (entries === null) return;
    if (hasJobId(features)) {
      entries.set(jobAttemptKey(features), [failure]);
      return;
    }
    const { tenant = '', jobType, attemptNumber } = features;
    const { delayMs } = failure;
    // Only a delay tells the retries of jobs apart whose ids were not told.
    if (delayMs === undefined) return;
    const key = shapeKey({ tenant, jobType, attemptNumber, delayMs });
    entries.set(key, [failure, ...(this.#get(entries, key) ?? [])].slice(0, MAX_CANDIDATES_PER_SHAPE));
  }

  /** What this process knows; null when it knows nothing, and the store has to be asked. */
  find(lookup: FailureLookup): FailureCandidates | null {
    const entries = this.#entries;
    if (entries === null) return null;
    const { attemptNumber, delayMs, sinceMs } = lookup;
    const before = this.#get(entries, jobAttemptKey({ ...lookup, attemptNumber: attemptNumber - 1 }));
    const same = this.#get(entries, jobAttemptKey(lookup));
    const ofShape = delayMs === undefined ? undefined : this.#get(entries, shapeKey({ ...lookup, delayMs }));
    const shaped = ofShape?.filter(({ atMs }) => atMs >= sinceMs) ?? [];
    if (before === undefined && same === undefined && shaped.length === 0) return null;
    return {
      recommendedForJob: [...(before ?? []), ...(same ?? [])],
      recordedForJob: [],
      recommendedForShape: shaped,
    };
  }

  /** Whether it is too old is looked at when it is found, so that remembering need not keep a clock for each entry. */
  #get(entries: LRUCache<string, readonly FailureCandidate[]>, key: string): readonly FailureCandidate[] | undefined {
    const failures = entries.get(key);
    return failures?.[0] === undefined || failures[0].atMs + this.#ttlMs < this.#clock() ? undefined : failures;
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

interface ShapeKey {
  readonly tenant: string;
  readonly jobType: string;
  readonly attemptNumber: number;
  readonly delayMs: number;
}

/** Unlike `jobAttemptKey` from its first character on. */
function shapeKey({ tenant, jobType, attemptNumber, delayMs }: ShapeKey): string {
  return `shape:${attemptNumber}:${delayMs}:${tenant.length}:${tenant}${jobType}`;
}
