import {
  isWithoutOutcome,
  type AttemptRecord,
  type AttemptReport,
  type StatisticsDimension,
} from '@smart-retry/domain';

/** What makes two reports the same one; a JSON array, because joining with a separator would merge ("a:b", "c") and ("a", "b:c"). */
export function attemptIdentity(report: AttemptReport): string {
  return JSON.stringify([report.tenant ?? '', report.jobId, report.attemptNumber, report.success]);
}

/**
 * The delay before a retry in milliseconds: as the link to its failure has it, or the report where there is none. A link that
 * knows none has not taken the report's word: a stop advised nothing that was waited.
 */
export function knownDelayMs({ link, report }: AttemptRecord): number | undefined {
  return link === undefined ? (report.actualDelayMs ?? report.delayMs) : link.delayMs;
}

/** A first try: no retry, and numbered as the first; one that was cancelled is none that failed. */
export function isFirstTry({ report, isRetry }: AttemptRecord): boolean {
  return !isRetry && report.attemptNumber === 1 && !isWithoutOutcome(report);
}

/** The attempt's value in each dimension of statistics. The error class is that of the failure it followed. */
export function attemptDimensions({ report, link }: AttemptRecord): Record<StatisticsDimension, string | undefined> {
  return { job_type: report.jobType, error_class: link?.errorClass, queue: report.queue, tenant: report.tenant };
}
