import {
  createRng,
  type AttemptCounts,
  type AttemptReport,
  type EpochMs,
  type RetryFeatures,
} from '@smart-retry/domain';
import type { SmartRetry, SmartRetryOptions } from '@smart-retry/engine';
import type { Decider } from './decider.js';
import { choiceOf, type Worker } from './engine-choice.js';

/** Whatever puts the engine together around stores; `createSmartRetry` with the stores filled in. */
export type StartEngine = (options: Pick<SmartRetryOptions, 'clock' | 'randomWord'>) => Promise<SmartRetry>;

export interface EngineDecider extends Decider {
  close(): Promise<void>;
}

/** How its callers use it. */
export interface Caller extends Pick<Worker, 'asksAgain'> {
  /** Whether it reports its first tries, as counts. Default: it does. */
  readonly countsFirstTries?: boolean;
  /** Whether it tells no more than a client has to, see `leastOfFailure` and `leastOfReport`. Default: it tells all it knows. */
  readonly tellsLeast?: boolean;
}

/**
 * The product itself, in this process, on virtual time.
 *
 * @param caller default: asks again when it is put off, and counts first tries
 */
export async function startEngineDecider(
  name: string,
  seed: number,
  start: StartEngine,
  { countsFirstTries = true, tellsLeast = false, ...worker }: Caller = {},
): Promise<EngineDecider> {
  let nowMs: EpochMs = 0;
  const rng = createRng([seed, 0x656e, 0x6769, 0x6e65]);
  const smartRetry = await start({ clock: () => nowMs, randomWord: () => Math.floor(rng() * 2 ** 32) });
  return {
    name,
    decide(failure) {
      nowMs = Math.max(nowMs, failure.failedAtMs);
      const asked = tellsLeast ? leastOfFailure(failure) : failure;
      const { recommendation, recommendationId } = smartRetry.recommender.recommend(asked);
      return choiceOf(recommendation, failure.failedAtMs, { ...worker, ...(!tellsLeast && { recommendationId }) });
    },
    async report(attempt) {
      nowMs = Math.max(nowMs, attempt.timestampMs);
      await smartRetry.attempts.record([tellsLeast ? leastOfReport(attempt) : attempt]);
    },
    ...(countsFirstTries && {
      async reportFirstTries(counts: readonly AttemptCounts[]) {
        nowMs = Math.max(nowMs, ...counts.map(({ windowEndMs }) => windowEndMs));
        smartRetry.fleet.noteCounts(counts, nowMs);
      },
    }),
    close: () => smartRetry.close(),
  };
}

/** What failed how, for the how-manieth time: neither which job it was nor what it called. */
function leastOfFailure({ jobType, errorClass, errorCode, attemptNumber }: RetryFeatures): RetryFeatures {
  return { jobType, errorClass, errorCode, attemptNumber };
}

/** Whether the retry succeeded that was advised, under the number of the attempt that had failed: not why, nor what was really waited. */
function leastOfReport({ jobId, jobType, attemptNumber, success, delayMs, timestampMs }: AttemptReport): AttemptReport {
  return { jobId, jobType, attemptNumber: attemptNumber - 1, success, delayMs, timestampMs };
}
