import { TRAINING_JOB_STATES, type TrainingJob } from '@smart-retry/domain';
import { Type, type Static } from 'typebox';
import { named } from '../http/named.js';
import { PageLimit } from '../http/page-limit.js';
import { Timestamp } from '../http/wire-schemas.js';
import { formatTimestamp } from '../http/wire-time.js';

const NullableTimestamp = Type.Unsafe<string | null>({ type: ['string', 'null'], description: 'RFC 3339, UTC.' });
const NullableText = (description: string) => Type.Unsafe<string | null>({ type: ['string', 'null'], description });

const JobFailure = Type.Object({
  code: Type.String(),
  message: Type.String(),
  fields: Type.Optional(Type.Array(Type.Object({ path: Type.String(), message: Type.String() }))),
  counts: Type.Optional(Type.Record(Type.String(), Type.Number())),
});

export const TrainingJobResponse = named(
  'TrainingJob',
  Type.Object({
    id: Type.String(),
    state: Type.String({ enum: [...TRAINING_JOB_STATES] }),
    progress: Type.Number({ minimum: 0, maximum: 1 }),
    model_type: Type.String(),
    features: Type.Array(Type.String()),
    requested_at: Timestamp,
    requested_by: Type.String(),
    started_at: NullableTimestamp,
    finished_at: NullableTimestamp,
    runs: Type.Integer({ description: 'Times that it was begun; more than once when a trainer ended over it.' }),
    version: NullableText('The model that came out of it: `GET /ml/models/{version}`.'),
    error: Type.Unsafe<Static<typeof JobFailure> | null>({ ...JobFailure, type: ['object', 'null'] }),
  }),
);
export type TrainingJobResponse = Static<typeof TrainingJobResponse>;

export const TrainingJobsResponse = Type.Object({
  jobs: Type.Array(TrainingJobResponse),
  next_cursor: NullableText('For the page after; null on the last one.'),
});
export type TrainingJobsResponse = Static<typeof TrainingJobsResponse>;

export const TrainingJobsParams = Type.Object({
  limit: PageLimit,
  cursor: Type.Optional(Type.String({ maxLength: 200, description: 'The `next_cursor` of the page before.' })),
});
export type TrainingJobsParams = Static<typeof TrainingJobsParams>;

export function fromTrainingJob(job: TrainingJob): TrainingJobResponse {
  const timestamp = (atMs: number | null) => (atMs === null ? null : formatTimestamp(atMs));
  return {
    id: job.id,
    state: job.state,
    progress: Math.round(job.progress * 1_000) / 1_000,
    model_type: job.order.modelType,
    features: [...job.order.features],
    requested_at: formatTimestamp(job.requestedAtMs),
    requested_by: job.requestedBy,
    started_at: timestamp(job.startedAtMs),
    finished_at: timestamp(job.finishedAtMs),
    runs: job.runs,
    version: job.version,
    error: job.failure === null ? null : toWireFailure(job.failure),
  };
}

function toWireFailure({ code, message, fields, counts }: NonNullable<TrainingJob['failure']>) {
  return {
    code,
    message,
    ...(fields !== undefined && { fields: [...fields] }),
    ...(counts !== undefined && { counts: { ...counts } }),
  };
}
