import type { RetryFeatures } from '@smart-retry/domain';
import { dropAbsent } from '../http/drop-absent.js';
import { clockText } from '../http/wire-duration.js';
import { formatTimestamp } from '../http/wire-time.js';

const timestamp = (atMs: number | undefined) => (atMs === undefined ? undefined : formatTimestamp(atMs));

/** Features on the wire, in the spelling of a request; the error's message only as its fingerprint. */
export function fromRetryFeatures(features: RetryFeatures) {
  return {
    job_type: features.jobType,
    error_class: features.errorClass,
    attempt_number: features.attemptNumber,
    ...dropAbsent({
      error_code: features.errorCode,
      queue: features.queue,
      tenant: features.tenant,
      job_id: features.jobId,
      dependency: features.dependency,
      payload_size: features.payloadSize,
      time_of_day: features.timeOfDay,
      worker_version: features.workerVersion,
      health: features.health,
      since_last_failure: clockText(features.sinceLastFailureMs),
      recent_failures: features.recentFailures,
      avg_processing_time: clockText(features.avgProcessingTimeMs),
      failed_at: timestamp(features.failedAtMs),
      first_failed_at: timestamp(features.firstFailedAtMs),
      deadline_at: timestamp(features.deadlineAtMs),
      retry_after_ms: features.retryAfterMs,
      incident_age_ms: features.incidentAgeMs,
      critical: features.critical,
      error_fingerprint: features.errorFingerprint,
    }),
  };
}
