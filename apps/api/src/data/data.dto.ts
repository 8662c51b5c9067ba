import {
  SmartRetryError,
  toRecommendationDocument,
  type AttemptCounts,
  type AttemptReport,
  type DataSubject,
  type SubjectRecord,
} from '@smart-retry/domain';
import { Type, type Static } from 'typebox';
import { fromRetryFeatures } from '../decisions/features-of-record.dto.js';
import { dropAbsent } from '../http/drop-absent.js';
import { FilterLabel, readQueryText } from '../http/query-text.js';
import { readAll } from '../http/read-all.js';
import { clockText } from '../http/wire-duration.js';
import { RequiredLabel } from '../http/wire-schemas.js';
import { formatTimestamp } from '../http/wire-time.js';

/** Not empty: left out, a name means everybody, and that is to be meant. */
const NameOfSubject = Type.Optional(RequiredLabel);
export const SubjectParams = Type.Object({ tenant: NameOfSubject, job_id: NameOfSubject });
export const ErasureParams = Type.Object({ ...SubjectParams.properties, reason: FilterLabel });
export type ErasureParams = Static<typeof ErasureParams>;

export const ErasedResponse = Type.Object({
  status: Type.String({ enum: ['erased'] }),
  attempts: Type.Integer(),
  decisions: Type.Integer(),
  counts: Type.Integer({ description: 'Reports of counted first tries; they are kept by tenant only.' }),
});

/** @throws {INVALID_REQUEST} without a tenant and a job. */
export function toDataSubject(params: Static<typeof SubjectParams>): DataSubject {
  const subject = dropAbsent(
    readAll({
      tenant: () => readQueryText('tenant', params.tenant),
      jobId: () => readQueryText('job_id', params.job_id),
    }),
  );
  if (subject.tenant !== undefined || subject.jobId !== undefined) return subject;
  const message = 'is needed, or job_id: whose data is meant';
  throw new SmartRetryError('INVALID_REQUEST', `tenant ${message}`, { fields: [{ path: 'tenant', message }] });
}

/** One line of an export. An attempt is spelled as it is reported, so that it can be imported again. */
export function fromSubjectRecord(record: SubjectRecord): object {
  switch (record.kind) {
    case 'attempt':
      return { kind: 'attempt', ...fromAttemptReport(record.report) };
    case 'counts':
      return { kind: 'counts', ...fromAttemptCounts(record.counts) };
    case 'decision': {
      const { recommendationId, decidedAtMs, features, recommendation } = record.decision;
      return {
        kind: 'decision',
        recommendation_id: recommendationId,
        decided_at: formatTimestamp(decidedAtMs),
        features: fromRetryFeatures(features),
        recommendation: toRecommendationDocument(recommendation),
      };
    }
  }
}

function fromAttemptReport(report: AttemptReport) {
  return {
    job_id: report.jobId,
    job_type: report.jobType,
    attempt_number: report.attemptNumber,
    success: report.success,
    timestamp: formatTimestamp(report.timestampMs),
    ...dropAbsent({
      error_class: report.errorClass,
      error_code: report.errorCode,
      status: report.status,
      queue: report.queue,
      tenant: report.tenant,
      dependency: report.dependency,
      payload_size: report.payloadSize,
      time_of_day: report.timeOfDay,
      worker_version: report.workerVersion,
      health: report.health,
      delay_ms: report.delayMs,
      actual_delay_ms: report.actualDelayMs,
      processing_time: clockText(report.processingTimeMs),
      recommendation_id: report.recommendationId,
    }),
  };
}

function fromAttemptCounts(counts: AttemptCounts) {
  return {
    job_type: counts.jobType,
    succeeded: counts.succeeded,
    failed: counts.failed,
    window_start: formatTimestamp(counts.windowStartMs),
    window_end: formatTimestamp(counts.windowEndMs),
    ...dropAbsent({
      dependency: counts.dependency,
      queue: counts.queue,
      tenant: counts.tenant,
      processing_time: clockText(counts.processingTimeMs),
    }),
  };
}
