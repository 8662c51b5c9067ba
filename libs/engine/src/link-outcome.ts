import {
  waitBetweenMs,
  type AttemptReport,
  type EpochMs,
  type FailureCandidate,
  type FailureCandidates,
  type FailureLink,
  type LinkSource,
} from '@smart-retry/domain';
import type { DecodedRecommendationId } from './recommendation-id.js';

/** Retries may be this late, or as late as they waited: workers are busy, and few reports say how long the attempt took. */
const LATENESS_MS = 120_000;

export const NO_CANDIDATES: FailureCandidates = { recommendedForJob: [], recordedForJob: [], recommendedForShape: [] };

/** The failure that an attempt followed, as it was found. */
export interface FoundLink extends FailureLink {
  /** The one that was named with the failure; absent where none was, or nobody knows. */
  readonly dependency?: string | undefined;
}

/** The failure named by the report's own recommendation id (way 1); null when it has none, or one of another job, or its own. */
export function linkByRecommendationId(report: AttemptReport, id: DecodedRecommendationId | null): FoundLink | null {
  if (id === null || id.failure === null) return null;
  const isStop = id.decision === 'stop';
  const recommended: FailureCandidate = {
    errorClass: id.failure.errorClass,
    errorCode: id.failure.errorCode,
    dependency: id.dependency,
    attemptNumber: id.attemptNumber,
    delayMs: isStop ? undefined : id.delayMs,
    incidentAgeMs: id.incidentAgeMs,
    hintMs: id.hintMs,
    recommendationId: isStop ? undefined : report.recommendationId,
    atMs: id.issuedAtMs,
  };
  if (!id.isFor(report) || isFailureItself(report, recommended)) return null;
  const linked = linkToRecommendation(report, 'recommendation', recommended);
  return id.decision === 'defer' ? { ...linked, wasPutOff: true } : linked;
}

/**
 * The failure that a report without a usable recommendation id followed, from what may have preceded it:
 * the job's recommendation or its record (way 2), a recommendation of the same shape (way 3), the report's own
 * context (way 4). Null for a first try, and where nothing certain is known.
 */
export function linkByCandidates(report: AttemptReport, candidates: FailureCandidates): FoundLink | null {
  const recommended = findRecommendation(report, candidates.recommendedForJob);
  const recorded = candidates.recordedForJob[0];
  if (recommended !== undefined) return linkToRecommendation(report, 'job', recommended, recorded);
  if (recorded !== undefined) return link(report, 'job', { ...recorded, delayMs: waitSince(recorded, report) });
  const [shape] = candidates.recommendedForShape;
  if (shape !== undefined) {
    // Several failures of different kinds advised the same delay: to pick one would teach the wrong class.
    return candidates.recommendedForShape.every((other) => isSameFailure(shape, other))
      ? link(report, 'shape', shape)
      : null;
  }
  return linkToItself(report);
}

/** What two sources know together, those of the first before those of the second; a recommendation both know counts once. */
export function mergeCandidates(first: FailureCandidates, second: FailureCandidates): FailureCandidates {
  const merge = (a: readonly FailureCandidate[], b: readonly FailureCandidate[]) => {
    const known = new Set(a.map((candidate) => candidate.recommendationId));
    return [...a, ...b.filter(({ recommendationId: id }) => id === undefined || !known.has(id))];
  };
  return {
    recommendedForJob: merge(first.recommendedForJob, second.recommendedForJob),
    recordedForJob: merge(first.recordedForJob, second.recordedForJob),
    recommendedForShape: merge(first.recommendedForShape, second.recommendedForShape),
  };
}

/** Whether a report can only be a first try: nothing was waited for before it. */
export function isPlainFirstTry(report: AttemptReport): boolean {
  return report.attemptNumber === 1 && (report.actualDelayMs ?? report.delayMs ?? 0) === 0;
}

/** When the retry that a report is of may have been recommended, at the earliest. The further back, the more failures were advised the same delay. */
export function earliestAdviceMs(report: AttemptReport): EpochMs {
  const waitedMs = report.actualDelayMs ?? report.delayMs ?? 0;
  const calledMs = report.timestampMs - (report.processingTimeMs ?? 0);
  // Processing times may be fractions, and of any length.
  return Math.max(0, Math.floor(calledMs - waitedMs - Math.max(waitedMs, LATENESS_MS)));
}

function findRecommendation(
  report: AttemptReport,
  candidates: readonly FailureCandidate[],
): FailureCandidate | undefined {
  const before = candidates.find((candidate) => candidate.attemptNumber === report.attemptNumber - 1);
  if (before !== undefined) return before;
  // Some clients report a retry under the number of the attempt that failed.
  return candidates.find(
    (candidate) => candidate.attemptNumber === report.attemptNumber && !isFailureItself(report, candidate),
  );
}

/** Whether a report is of the very failure, not of what came after: a failure under its number that did not wait what was advised. */
function isFailureItself(report: AttemptReport, { attemptNumber, delayMs }: FailureCandidate): boolean {
  if (attemptNumber !== report.attemptNumber || report.success) return false;
  return delayMs === undefined || delayMs !== report.delayMs;
}

function isSameFailure(a: FailureCandidate, b: FailureCandidate): boolean {
  return a.errorClass === b.errorClass && a.errorCode === b.errorCode;
}

function linkToItself(report: AttemptReport): FoundLink | null {
  if (report.errorClass === undefined || isPlainFirstTry(report)) return null;
  return link(report, 'self', {
    errorClass: report.errorClass,
    errorCode: report.errorCode,
    attemptNumber: Math.max(1, report.attemptNumber - 1),
    atMs: report.timestampMs,
  });
}

/**
 * Where a stop was advised, and the job was run again all the same, the report knows what was waited, or the record of
 * the failure does: the stop may have been asked for long after it.
 */
function linkToRecommendation(
  report: AttemptReport,
  source: LinkSource,
  failure: FailureCandidate,
  recorded?: FailureCandidate,
): FoundLink {
  if (failure.delayMs !== undefined) return link(report, source, failure);
  const isRecorded = recorded?.attemptNumber === failure.attemptNumber;
  const delayMs = isRecorded ? waitSince(recorded, report) : undefined;
  return link({ ...report, delayMs: undefined }, source, { ...failure, delayMs });
}

/** By timestamps; a report that tells no time may come at any time after its attempt, with those of the whole job. */
function waitSince(failure: FailureCandidate, report: AttemptReport): number | undefined {
  const { atMs } = failure;
  const { timestampMs, processingTimeMs } = report;
  const isTimed = report.isTimedByReceipt !== true && failure.isTimedByReceipt !== true;
  if (!isTimed || timestampMs <= atMs) return undefined;
  return waitBetweenMs(atMs, timestampMs, processingTimeMs);
}

/** The delay really waited wins over the one reported, that over the one advised, or what lies between both reports. */
function link(report: AttemptReport, source: LinkSource, failure: FailureCandidate): FoundLink {
  const delayMs = report.actualDelayMs ?? report.delayMs ?? failure.delayMs;
  return {
    source,
    errorClass: failure.errorClass,
    errorCode: failure.errorCode,
    failedAttemptNumber: failure.attemptNumber,
    delayMs,
    recommendationId: failure.recommendationId,
    incidentAgeMs: failure.incidentAgeMs,
    hintMs: failure.hintMs,
    dependency: failure.dependency,
  };
}
