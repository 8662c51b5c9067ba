import type { RetryFeatures } from '@smart-retry/domain';
import { sha256Words } from '../digest.js';

/**
 * Whether a job is in a canary's share: by hash of its id, so that a job stays where it is, also while the share grows.
 * The version is part of what is hashed: other jobs try the next one, and no other share of jobs is the same one.
 *
 * @param canary.percent 0–100
 */
export function isInCanary(
  features: RetryFeatures,
  { version, percent }: { readonly version: string; readonly percent: number },
): boolean {
  if (percent >= 100) return true;
  if (percent <= 0) return false;
  return sha256Words(`canary:${version.length}:${version}${jobKeyOf(features)}`)[0] < (percent / 100) * 2 ** 32;
}

/** A job without an id is known by what does not change between its attempts. Lengths before texts keep labels apart. */
function jobKeyOf(features: RetryFeatures): string {
  const { jobId, jobType, errorClass, errorCode = '', queue = '', tenant = '', dependency = '' } = features;
  if (jobId !== undefined) return `job:${tenant.length}:${tenant}${jobId}`;
  const texts = [jobType, errorClass, errorCode, queue, tenant, dependency];
  return `like:${features.payloadSize ?? ''}:${texts.map((text) => `${text.length}:${text}`).join('')}`;
}
