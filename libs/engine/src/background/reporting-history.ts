import type { AttemptStore, Clock } from '@smart-retry/domain';
import { REPORTS_ALL_MS } from '../fleet/first-try-rate.js';
import type { WhoReports } from '../fleet/who-reports.js';
import { repeat } from './repeat.js';

const RETRY_INTERVAL_MS = 1_000;

export interface ReportingHistoryOptions {
  readonly attempts: Pick<AttemptStore, 'statistics'>;
  readonly whoReports: WhoReports;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

/**
 * Looks up once which job types reported first tries that succeeded during the last day, so that a process that starts in an
 * outage takes those that all fail for what they are. While the store is away it keeps asking.
 *
 * @returns what ends that
 */
export function learnWhoReports({ attempts, whoReports, clock, onError }: ReportingHistoryOptions): () => void {
  const look = async () => {
    const toMs = clock();
    const fromMs = toMs - REPORTS_ALL_MS;
    for (const of of await attempts.statistics({ filter: {}, groupBy: 'job_type', fromMs, toMs })) {
      if (of.group !== null && of.firstTriesSucceeded > 0) whoReports.noteSuccess(of.group, toMs);
    }
    stop();
  };
  const stop = repeat(look, { intervalMs: RETRY_INTERVAL_MS, firstMs: 0, onError });
  return stop;
}
