import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';

/** Whether a job is in the sample: by hash of its id, so that a job is kept whole or not at all. */
export function isSampled(jobId: string, sampleRate: number): boolean {
  if (sampleRate >= 1) return true;
  const digest = sha256(utf8ToBytes(`attempt-sample:${jobId}`));
  return new DataView(digest.buffer, digest.byteOffset).getUint32(0) / 2 ** 32 < sampleRate;
}
