import { createHash } from 'node:crypto';
import type { AttemptRecord } from '@smart-retry/domain';
import { attemptDimensions, attemptIdentity, knownDelayMs } from '../attempt-facts.js';

/** One row of the input of `RECORD_ATTEMPTS`. */
export type AttemptInput = ReturnType<typeof toAttemptInput>;

/** @param position Where the attempt stands in the caller's list. */
export function toAttemptInput(attempt: AttemptRecord, position: number) {
  const { report, link: whole, aggregationIntervalMs, sampleRate } = attempt;
  const { recommendationId, ...link } = whole ?? {};
  const { jobId, jobType, attemptNumber, success, queue, tenant, timestampMs, ...details } = report;
  const dimensions = attemptDimensions(attempt);
  return {
    position,
    key: digest(attemptIdentity(report)),
    at_ms: timestampMs,
    recorded_at_ms: attempt.recordedAtMs,
    attempt_number: attemptNumber,
    sample_rate: sampleRate,
    delay_ms: knownDelayMs(attempt),
    success,
    is_retry: attempt.isRetry,
    job_type: jobType,
    followed_class: dimensions.error_class ?? '',
    queue: queue ?? '',
    tenant: tenant ?? '',
    job_id: jobId,
    details,
    link: whole && link,
    recommendation_id: recommendationId,
    grain_ms: aggregationIntervalMs,
    bucket_at_ms: Math.floor(timestampMs / aggregationIntervalMs) * aggregationIntervalMs,
    series: digest(JSON.stringify([jobType, dimensions.error_class, queue, tenant, sampleRate])),
  };
}

/** 128 bits of SHA-256 as an uuid: short and of equal length, however long the labels are. */
function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
