import { LRUCache } from 'lru-cache';
import type { EpochMs, Recommendation, RetryFeatures } from '@smart-retry/domain';
import { ADVICE_LIFETIME_MS } from './advice-lifetime.js';
import { hasJobId, jobAttemptKey } from './job-attempt-key.js';

type ToldAnswer = Pick<Recommendation, 'shouldRetry' | 'countsAsAttempt' | 'nextEvaluationAtMs'>;

interface HeardHint {
  /** As the job named it. */
  readonly hintMs: number;
  readonly endsAtMs: EpochMs;
  /** The same hint from then on came with another failure. */
  readonly heldUntilMs: EpochMs;
}

/**
 * When the hints end that servers gave to jobs which ask more than once about one failure, as this process heard them: a job
 * repeats the hint as it came, though part of that wait is over. Bounded: who has not asked for longest is forgotten first.
 */
export class HintEnds {
  readonly #heard: LRUCache<string, HeardHint>;

  constructor({ maxJobs }: { readonly maxJobs: number }) {
    this.#heard = new LRUCache({ max: maxJobs });
  }

  /** The failure with what is left of its server's hint; without one that has passed. Notes nothing. */
  countDown(asked: RetryFeatures, nowMs: EpochMs): RetryFeatures {
    const heard = this.#find(asked, nowMs);
    if (heard === undefined) return asked;
    const leftMs = Math.min(heard.hintMs, heard.endsAtMs - nowMs);
    return { ...asked, retryAfterMs: leftMs > 0 ? leftMs : undefined };
  }

  /** What a job was told that had named a hint: until that is due, or the job has to have asked again, it means the same one. */
  note(asked: RetryFeatures, { shouldRetry, countsAsAttempt, nextEvaluationAtMs }: ToldAnswer, nowMs: EpochMs): void {
    const { retryAfterMs: hintMs = 0 } = asked;
    if (hintMs <= 0 || !shouldRetry || !hasJobId(asked)) return;
    const endsAtMs = this.#find(asked, nowMs)?.endsAtMs ?? nowMs + hintMs;
    const heldUntilMs = nextEvaluationAtMs + (countsAsAttempt ? 0 : ADVICE_LIFETIME_MS);
    this.#heard.set(jobAttemptKey(asked), { hintMs, endsAtMs, heldUntilMs });
  }

  #find(asked: RetryFeatures, nowMs: EpochMs): HeardHint | undefined {
    const { retryAfterMs: hintMs = 0 } = asked;
    if (hintMs <= 0 || !hasJobId(asked)) return undefined;
    const heard = this.#heard.peek(jobAttemptKey(asked));
    return heard?.hintMs === hintMs && nowMs < heard.heldUntilMs ? heard : undefined;
  }
}
