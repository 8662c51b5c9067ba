import { sha256Words } from './digest.js';

/** Whether a job is in the sample: by hash of its id, so that a job is kept whole or not at all. */
export function isSampled(jobId: string, sampleRate: number): boolean {
  if (sampleRate >= 1) return true;
  return sha256Words(`attempt-sample:${jobId}`)[0] / 2 ** 32 < sampleRate;
}
