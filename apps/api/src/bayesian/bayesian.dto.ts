import { LEARNING_MODES, SmartRetryError } from '@smart-retry/domain';
import type { CurveQuestion, LearnedCurve } from '@smart-retry/engine';
import { Type, type Static } from 'typebox';
import { dropAbsent } from '../http/drop-absent.js';
import { named } from '../http/named.js';
import { FilterLabel, readQueryText } from '../http/query-text.js';
import { readAll, readEach } from '../http/read-all.js';
import { readDurationMs } from '../http/wire-duration.js';
import { OptionalDuration, OptionalLabel, RequiredLabel, Timestamp } from '../http/wire-schemas.js';
import { optionalText } from '../http/wire-text.js';
import { formatTimestamp } from '../http/wire-time.js';
import { AttemptNumber, MAX_ATTEMPT_NUMBER } from '../recommendation/features.dto.js';
import { Curve, fromDelayCurve } from './curve.dto.js';

const ATTEMPT = 'Of the attempt that failed. Default 1 where `incident_age` or `tenant` is given, else every attempt.';
const AGE =
  'How long the dependency had been failing. Default 0 where `attempt_number` or `tenant` is given, else every age.';

/** No incident is thought to last longer. */
const MAX_INCIDENT_AGE_MS = 365 * 86_400_000;

export const PosteriorParams = Type.Object({
  job_type: RequiredLabel,
  error_class: RequiredLabel,
  error_code: FilterLabel,
  tenant: FilterLabel,
  attempt_number: Type.Optional(Type.String({ description: ATTEMPT })),
  incident_age: Type.Optional(Type.String({ maxLength: 64, description: `Go or clock text. ${AGE}` })),
});
export type PosteriorParams = Static<typeof PosteriorParams>;

/** The same as a body. Unknown fields are ignored. */
export const PosteriorBody = Type.Object({
  job_type: RequiredLabel,
  error_class: RequiredLabel,
  error_code: OptionalLabel,
  tenant: OptionalLabel,
  attempt_number: Type.Optional(AttemptNumber(ATTEMPT)),
  incident_age: OptionalDuration,
});
export type PosteriorBody = Static<typeof PosteriorBody>;

const NullableLabel = Type.Unsafe<string | null>({ type: ['string', 'null'] });
const nullableNumber = (description: string) => Type.Unsafe<number | null>({ type: ['number', 'null'], description });

export const PosteriorResponse = named(
  'Posterior',
  Type.Object({
    status: Type.String({ enum: ['current', 'updated'] }),
    job_type: Type.String(),
    error_class: Type.String(),
    error_code: NullableLabel,
    tenant: NullableLabel,
    attempt_number: nullableNumber('null: every attempt.'),
    incident_age_ms: nullableNumber('null: every age.'),
    learning: Type.String({ enum: [...LEARNING_MODES], description: 'The mode in force for the job type.' }),
    pinned_at: Type.Unsafe<string | null>({
      type: ['string', 'null'],
      format: 'date-time',
      description: 'What was known then keeps speaking; null where the job type is not pinned.',
    }),
    samples: Type.Integer({ description: 'Outcomes of this job type and error class; never decayed.' }),
    samples_at_last_update: Type.Integer({ description: 'As decisions know them: they look again after 20 more.' }),
    last_updated: Timestamp,
    ...Curve.properties,
  }),
);
export type PosteriorResponse = Static<typeof PosteriorResponse>;

/** @throws {INVALID_REQUEST} @throws {INVALID_DURATION} */
export function readPosteriorParams(params: PosteriorParams): CurveQuestion {
  const { job_type, error_class, error_code, tenant, attempt_number, incident_age } = params;
  const labels = Object.entries({ job_type, error_class, error_code, tenant });
  const read = readAll({
    labels: () => readEach(labels, ([path, text]) => readQueryText(path, text)),
    attemptNumber: () => readAttemptNumber(attempt_number),
    incidentAgeMs: () => readIncidentAgeMs(incident_age),
  });
  return readPosteriorBody({
    job_type,
    error_class,
    ...dropAbsent({ error_code, tenant, incident_age, attempt_number: read.attemptNumber }),
  });
}

/** @throws {INVALID_DURATION} @throws {INVALID_REQUEST} */
export function readPosteriorBody(body: PosteriorBody): CurveQuestion {
  const tenant = optionalText(body.tenant);
  const incidentAgeMs = readIncidentAgeMs(body.incident_age);
  const attemptNumber = body.attempt_number;
  const isNarrowed = tenant !== undefined || attemptNumber !== undefined || incidentAgeMs !== undefined;
  return {
    jobType: body.job_type,
    errorClass: body.error_class,
    errorCode: optionalText(body.error_code),
    ...(isNarrowed && { failure: { attemptNumber: attemptNumber ?? 1, incidentAgeMs: incidentAgeMs ?? 0, tenant } }),
  };
}

function readIncidentAgeMs(age: PosteriorBody['incident_age']): number | undefined {
  const incidentAgeMs = readDurationMs('incident_age', age);
  if (incidentAgeMs === undefined || incidentAgeMs <= MAX_INCIDENT_AGE_MS) return incidentAgeMs;
  const message = 'must be at most a year';
  throw new SmartRetryError('INVALID_REQUEST', `incident_age ${message}`, {
    fields: [{ path: 'incident_age', message }],
  });
}

export function fromLearnedCurve(
  status: 'current' | 'updated',
  { jobType, errorClass, errorCode, failure }: CurveQuestion,
  { mode, pinnedAtMs, samples }: LearnedCurve,
  latest: NonNullable<LearnedCurve['latest']>,
): PosteriorResponse {
  return {
    status,
    job_type: jobType,
    error_class: errorClass,
    error_code: errorCode ?? null,
    tenant: failure?.tenant ?? null,
    attempt_number: failure?.attemptNumber ?? null,
    incident_age_ms: failure?.incidentAgeMs ?? null,
    learning: mode,
    pinned_at: pinnedAtMs === null ? null : formatTimestamp(pinnedAtMs),
    samples,
    samples_at_last_update: latest.samples,
    last_updated: formatTimestamp(latest.atMs),
    ...fromDelayCurve(latest.curve),
  };
}

/** Why there is no curve yet, with the counts. */
export function tooFewSamples(
  code: 'POSTERIOR_NOT_FOUND' | 'TOO_FEW_SAMPLES',
  { jobType, errorClass }: CurveQuestion,
  { samples, requiredSamples }: LearnedCurve,
): SmartRetryError {
  const message = `${samples} of the ${requiredSamples} outcomes that it takes are known of ${jobType} after ${errorClass}`;
  return new SmartRetryError(code, message, { counts: { samples, required_samples: requiredSamples } });
}

function readAttemptNumber(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  const attemptNumber = /^\d{1,7}$/.test(text) ? Number(text) : 0;
  if (attemptNumber >= 1 && attemptNumber <= MAX_ATTEMPT_NUMBER) return attemptNumber;
  const message = `must be a whole number from 1 to ${MAX_ATTEMPT_NUMBER}`;
  throw new SmartRetryError('INVALID_REQUEST', `attempt_number ${message}`, {
    fields: [{ path: 'attempt_number', message }],
  });
}
