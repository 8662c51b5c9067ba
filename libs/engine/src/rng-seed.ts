import type { RetryFeatures } from '@smart-retry/domain';
import createXxHash from 'xxhash-wasm';

const xxHash = await createXxHash();

/** Four 32-bit words. */
export type RngSeed = readonly [number, number, number, number];

/** Where the hashes of this purpose begin: two of them, so that jobs share a seed once in 2⁶⁴ pairs. */
const FIRST_LANE = 0x6a09e667;
const SECOND_LANE = 0xbb67ae85;
const PURPOSE = 0x64726177;

/**
 * The seed of a question's draws. The same tenant, job and attempt give the same seed, so that a repeated question
 * gets the same answer; a question without a job id draws afresh from `randomWord` (a uniform 32-bit integer).
 */
export function seedOf(
  { jobId, tenant = '', attemptNumber }: Pick<RetryFeatures, 'jobId' | 'tenant' | 'attemptNumber'>,
  randomWord: () => number,
): RngSeed {
  if (jobId === undefined) return [randomWord(), randomWord(), randomWord(), randomWord()];
  // Draws need no secret: who chooses job ids for how they draw only changes when those jobs are retried.
  const first = xxHash.h32(jobId, xxHash.h32(tenant, FIRST_LANE));
  const second = xxHash.h32(jobId, xxHash.h32(tenant, SECOND_LANE));
  return [first, second, attemptNumber, PURPOSE];
}
