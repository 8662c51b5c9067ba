import type { RetryFeatures } from '@smart-retry/domain';
import { sha256Words } from './digest.js';

/** Four 32-bit words. */
export type RngSeed = readonly [number, number, number, number];

/**
 * The seed of a question's draws. The same tenant, job and attempt give the same seed, so that a repeated question
 * gets the same answer; a question without a job id draws afresh from `randomWord` (a uniform 32-bit integer).
 */
export function seedOf(features: RetryFeatures, randomWord: () => number): RngSeed {
  const { jobId } = features;
  if (jobId === undefined) return [randomWord(), randomWord(), randomWord(), randomWord()];
  // Purpose first, lengths before texts: no two questions share an input by accident, nor with another hash's purpose.
  const tenant = features.tenant ?? '';
  return sha256Words(`decision-draw:${tenant.length}:${tenant}${jobId.length}:${jobId}${features.attemptNumber}`);
}
