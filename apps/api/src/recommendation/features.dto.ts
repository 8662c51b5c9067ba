import { type RetryFeatures } from '@smart-retry/domain';
import { fingerprintErrorMessage } from '@smart-retry/engine';
import { Type, type Static } from 'typebox';
import { named } from '../http/named.js';
import { readNamingAll } from '../http/read-naming-all.js';
import { readRetryAfterMs } from '../http/retry-after.js';
import { readDurationMs } from '../http/wire-duration.js';
import {
  JOB_ID,
  LABEL_LENGTH,
  NullableBoolean,
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
import { readPastTimestampMs, readTimestampMs, type AcceptedTimes } from '../http/wire-time.js';

/** Characters of an error message that count. */
const MAX_ERROR_MESSAGE_LENGTH = 8_192;
export const MAX_ATTEMPT_NUMBER = 1_000_000;

export const AttemptNumber = (description: string) =>
  Type.Integer({ minimum: 1, maximum: MAX_ATTEMPT_NUMBER, description });
export const WholeCount = Type.Optional(NullableInteger({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }));
export const HourOfDay = Type.Optional(NullableInteger({ minimum: 0, maximum: 23, description: 'Hour, UTC.' }));
/** A Go client sends a map that it does not have as null. */
export const Health = Type.Optional(
  Type.Unsafe<Readonly<Record<string, number>> | null>({
    type: ['object', 'null'],
    additionalProperties: { type: 'number' },
    maxProperties: 64,
    propertyNames: { maxLength: 64 },
    description: 'Named signals of worker or downstream.',
  }),
);

/** A failed job, as a worker describes it. Unknown fields are ignored: an old server accepts a newer worker. */
export const FeaturesBody = named(
  'RetryFeatures',
  Type.Object({
    job_type: RequiredLabel,
    error_class: requiredLabel(
      'Kind of failure, in few words that repeat (`timeout`, `rate_limit`): policies match it, and outcomes are learned by it.',
    ),
    attempt_number: AttemptNumber('The number of the attempt that just failed.'),
    error_code: OptionalLabel,
    queue: OptionalLabel,
    tenant: Tenant,
    job_id: optionalLabel(
      `${JOB_ID} Without it nobody knows the job again: a call that is repeated, since no answer came, counts as one more failure. An \`Idempotency-Key\` changes nothing here.`,
    ),
    dependency: Type.Optional(
      NullableText({ maxLength: LABEL_LENGTH, description: 'Downstream; default `job_type`.' }),
    ),
    payload_size: WholeCount,
    time_of_day: HourOfDay,
    worker_version: OptionalLabel,
    health: Health,
    since_last_failure: OptionalDuration,
    recent_failures: WholeCount,
    avg_processing_time: OptionalDuration,
    failed_at: Type.Optional(
      NullableText({
        maxLength: 64,
        description:
          'RFC 3339; default now. More than ten minutes ago it is a replay: answered by what was told of that time, it spends no budget and moves no breaker of the present.',
      }),
    ),
    first_failed_at: Type.Optional(
      NullableText({
        maxLength: 64,
        description: "RFC 3339; when the job's first attempt failed. A policy's `max_elapsed_ms` counts from it.",
      }),
    ),
    deadline_at: OptionalTimestamp,
    retry_after: Type.Optional(
      Type.Unsafe<string | number | null>({
        type: ['string', 'number', 'null'],
        minimum: 0,
        maxLength: 64,
        description:
          "The server's hint: seconds from `failed_at`, or an HTTP-date. Repeated about the same failure of a `job_id`, seconds count from the first time.",
      }),
    ),
    retry_after_ms: WholeCount,
    critical: Type.Optional(NullableBoolean({ description: 'Never explored.' })),
    error_message: Type.Optional(
      Type.Unsafe<string | null>({
        type: ['string', 'null'],
        description: 'Fingerprinted by its first 8,192 characters, never stored; may hold any text.',
      }),
    ),
  }),
);
export type FeaturesBody = Static<typeof FeaturesBody>;

/**
 * A failed job in the vocabulary of the engine; field paths in errors are below `prefix`.
 * @throws {INVALID_REQUEST} @throws {INVALID_DURATION} @throws {TIMESTAMP_OUT_OF_RANGE}, naming every field that is wrong
 */
export function toRetryFeatures(body: FeaturesBody, accepted: AcceptedTimes, prefix = ''): RetryFeatures {
  return readNamingAll(body, (given) => readFeatures(given, accepted, prefix), prefix);
}

function readFeatures(body: FeaturesBody, accepted: AcceptedTimes, prefix: string): RetryFeatures {
  const failedAt = optionalText(body.failed_at);
  const firstFailedAt = optionalText(body.first_failed_at);
  const deadlineAt = optionalText(body.deadline_at);
  const errorMessage = optionalText(body.error_message);
  const failedAtMs = failedAt === undefined ? undefined : readPastTimestampMs(`${prefix}failed_at`, failedAt, accepted);
  const hintMs = readRetryAfterMs(`${prefix}retry_after`, body.retry_after, failedAtMs ?? accepted.nowMs);
  const hintedMs = body.retry_after_ms ?? undefined;
  const hasHint = hintMs !== undefined || hintedMs !== undefined;
  // All fields, known or not, so that every request's features have the same shape (ADR 0022).
  return {
    jobType: body.job_type,
    errorClass: body.error_class,
    attemptNumber: body.attempt_number,
    errorCode: optionalText(body.error_code),
    queue: optionalText(body.queue),
    tenant: optionalText(body.tenant),
    jobId: optionalText(body.job_id),
    dependency: optionalText(body.dependency),
    payloadSize: body.payload_size ?? undefined,
    timeOfDay: body.time_of_day ?? undefined,
    workerVersion: optionalText(body.worker_version),
    health: body.health ?? undefined,
    sinceLastFailureMs: readDurationMs(`${prefix}since_last_failure`, body.since_last_failure),
    recentFailures: body.recent_failures ?? undefined,
    avgProcessingTimeMs: readDurationMs(`${prefix}avg_processing_time`, body.avg_processing_time),
    failedAtMs,
    firstFailedAtMs:
      firstFailedAt === undefined
        ? undefined
        : readPastTimestampMs(`${prefix}first_failed_at`, firstFailedAt, accepted),
    deadlineAtMs: deadlineAt === undefined ? undefined : readTimestampMs(`${prefix}deadline_at`, deadlineAt),
    retryAfterMs: hasHint ? Math.max(hintMs ?? 0, hintedMs ?? 0) : undefined,
    critical: body.critical ?? undefined,
    incidentAgeMs: undefined,
    errorFingerprint: errorMessage === undefined ? undefined : fingerprintErrorMessage(beginningOf(errorMessage)),
  };
}

/** The characters that count: code points, so that none is cut in two. */
function beginningOf(errorMessage: string): string {
  if (errorMessage.length <= MAX_ERROR_MESSAGE_LENGTH) return errorMessage;
  return Array.from(errorMessage.slice(0, 2 * MAX_ERROR_MESSAGE_LENGTH))
    .slice(0, MAX_ERROR_MESSAGE_LENGTH)
    .join('');
}
