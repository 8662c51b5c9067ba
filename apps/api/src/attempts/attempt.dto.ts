import { POLICY_LIMITS, type AttemptReport } from '@smart-retry/domain';
import type { RecordedAttempt } from '@smart-retry/engine';
import { Type, type Static } from 'typebox';
import { named } from '../http/named.js';
import { readNamingAll } from '../http/read-naming-all.js';
import { readDurationMs } from '../http/wire-duration.js';
import {
  JOB_ID,
  LABEL_LENGTH,
  NullableInteger,
  NullableText,
  OptionalDuration,
  OptionalLabel,
  OptionalTimestamp,
  optionalLabel,
  RequiredLabel,
  requiredLabel,
  Tenant,
} from '../http/wire-schemas.js';
import { optionalText } from '../http/wire-text.js';
import { readPastTimestampMs, type AcceptedTimes } from '../http/wire-time.js';
import { AttemptNumber, Health, HourOfDay, WholeCount } from '../recommendation/features.dto.js';

/** Not longer than any retry can be told to wait: one worker that sends nanoseconds would spoil the means of all. */
const ReportedDelay = (description: string) =>
  Type.Optional(
    NullableInteger({
      minimum: 0,
      maximum: POLICY_LIMITS.maxDelayMs,
      description: `${description} Milliseconds, up to 31 days.`,
    }),
  );

/** An executed attempt, as a worker reports it. Unknown fields are ignored. */
export const AttemptBody = named(
  'AttemptReport',
  Type.Object({
    job_id: requiredLabel(`${JOB_ID} The same id, attempt number and outcome is a duplicate, whatever the type.`),
    job_type: RequiredLabel,
    attempt_number: AttemptNumber('The number of this attempt, from 1.'),
    success: Type.Boolean(),
    error_class: optionalLabel("Why it failed; without it a retry counts as its job's failure before."),
    error_code: OptionalLabel,
    status: Type.Optional(
      NullableText({ maxLength: 255, description: '`cancelled` and `unknown` are stored and teach nothing.' }),
    ),
    queue: OptionalLabel,
    tenant: Tenant,
    dependency: Type.Optional(
      NullableText({
        maxLength: LABEL_LENGTH,
        description: 'Of a retry: what was named with its failure, unless it says another.',
      }),
    ),
    payload_size: WholeCount,
    time_of_day: HourOfDay,
    worker_version: OptionalLabel,
    health: Health,
    delay_ms: ReportedDelay('The delay that was advised.'),
    actual_delay_ms: ReportedDelay('The delay really waited.'),
    processing_time: OptionalDuration,
    timestamp: OptionalTimestamp,
    recommendation_id: OptionalLabel,
  }),
);
export type AttemptBody = Static<typeof AttemptBody>;

export const RecordedResponse = Type.Object({
  status: Type.String({ enum: ['recorded', 'skipped'] }),
  duplicate: Type.Boolean({ description: 'The same report was there already.' }),
});

/**
 * A report in the vocabulary of the engine; without a timestamp it happened now.
 * @throws {INVALID_REQUEST} @throws {INVALID_DURATION} @throws {TIMESTAMP_OUT_OF_RANGE}, naming every field that is wrong
 */
export function toAttemptReport(body: AttemptBody, accepted: AcceptedTimes): AttemptReport {
  return readNamingAll(body, (given) => readAttempt(given, accepted), '');
}

function readAttempt(body: AttemptBody, accepted: AcceptedTimes): AttemptReport {
  const timestamp = optionalText(body.timestamp);
  // All fields, known or not, so that every report has the same shape (ADR 0022).
  return {
    jobId: body.job_id,
    jobType: body.job_type,
    attemptNumber: body.attempt_number,
    success: body.success,
    timestampMs: timestamp === undefined ? accepted.nowMs : readPastTimestampMs('timestamp', timestamp, accepted),
    isTimedByReceipt: timestamp === undefined ? true : undefined,
    errorClass: optionalText(body.error_class),
    errorCode: optionalText(body.error_code),
    status: optionalText(body.status),
    queue: optionalText(body.queue),
    tenant: optionalText(body.tenant),
    dependency: optionalText(body.dependency),
    workerVersion: optionalText(body.worker_version),
    recommendationId: optionalText(body.recommendation_id),
    payloadSize: body.payload_size ?? undefined,
    timeOfDay: body.time_of_day ?? undefined,
    health: body.health ?? undefined,
    delayMs: body.delay_ms ?? undefined,
    actualDelayMs: body.actual_delay_ms ?? undefined,
    processingTimeMs: readDurationMs('processing_time', body.processing_time),
  };
}

/** The JSON text of `RecordedResponse`. */
export function writeRecordedAttempt({ status, duplicate }: RecordedAttempt): string {
  return `{"status":"${status}","duplicate":${duplicate}}`;
}
