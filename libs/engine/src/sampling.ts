import { sha256Hex } from './digest.js';

/** Whether a job is in the sample: by hash of its id, so that a job is kept whole or not at all. */
export function isSampled(jobId: string, sampleRate: number): boolean {
  if (sampleRate >= 1) return true;
  return Number.parseInt(sha256Hex(`attempt-sample:${jobId}`).slice(0, 8), 16) / 2 ** 32 < sampleRate;
}
