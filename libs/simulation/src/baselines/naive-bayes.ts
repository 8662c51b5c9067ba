import { DELAY_BUCKETS, delayBucketIndex } from '@smart-retry/domain';
import type { Decider, Failure } from '../decider.js';
import { createRules } from './rules.js';

export const NAIVE_BAYES = { minSamples: 10, lastBucketDelayMs: 1_200_000 } as const;

/** Beta posteriors by delay bucket, each from Beta(1, 1). */
class Curve {
  readonly #successes = DELAY_BUCKETS.map(() => 0);
  readonly #failures = DELAY_BUCKETS.map(() => 0);
  samples = 0;

  add(bucket: number, { success }: { readonly success: boolean }): void {
    const counts = success ? this.#successes : this.#failures;
    counts[bucket] = (counts[bucket] ?? 0) + 1;
    this.samples++;
  }

  /** The tried bucket with the highest posterior mean. */
  best(): { readonly bucket: number; readonly mean: number } {
    let best = { bucket: 0, mean: -1 };
    this.#successes.forEach((successes, bucket) => {
      const failures = this.#failures[bucket] ?? 0;
      const mean = (successes + 1) / (successes + failures + 2);
      if (successes + failures > 0 && mean > best.mean) best = { bucket, mean };
    });
    return best;
  }
}

/**
 * The layer as a hasty reader builds it: per (job type, error class), the middle of the bucket with the highest mean
 * from ten samples on, before that and for the number of attempts the rules; it learns only from its own delays.
 */
export function createNaiveBayes(seed: number): Decider {
  const rules = createRules(seed);
  const curves = new Map<string, Curve>();
  const waitingFor = new Map<string, Curve>();
  return {
    name: 'naive-bayes',
    async decide(failure) {
      const choice = await rules.decide(failure);
      if (choice.action !== 'retry') return choice;
      const key = cellOf(failure);
      const curve = curves.get(key) ?? new Curve();
      curves.set(key, curve);
      waitingFor.set(failure.jobId, curve);
      if (curve.samples < NAIVE_BAYES.minSamples) return choice;
      const { bucket, mean } = curve.best();
      return { action: 'retry', delayMs: middleOf(bucket), shown: { successProbability: mean } };
    },
    report({ jobId, success, actualDelayMs }) {
      waitingFor.get(jobId)?.add(delayBucketIndex(actualDelayMs ?? 0), { success });
    },
  };
}

function cellOf({ jobType, errorClass }: Failure): string {
  return JSON.stringify([jobType, errorClass]);
}

function middleOf(index: number): number {
  const bucket = DELAY_BUCKETS[index];
  if (bucket === undefined || bucket.toMs === Number.POSITIVE_INFINITY) return NAIVE_BAYES.lastBucketDelayMs;
  return (bucket.fromMs + bucket.toMs) / 2;
}
