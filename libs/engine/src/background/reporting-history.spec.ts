import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { RetryStatistics, StatisticsQuery } from '@smart-retry/domain';
import { T0 } from '@smart-retry/domain/testing';
import { NO_NEWS } from '../fleet/latest-news.js';
import { WhoReports } from '../fleet/who-reports.js';
import { learnWhoReports } from './reporting-history.js';

const DAY_MS = 86_400_000;

describe('learnWhoReports', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  const ofLastDay = [
    { group: 'reports-all', firstTriesSucceeded: 1 },
    { group: 'reports-failures', firstTriesSucceeded: 0 },
    { group: null, firstTriesSucceeded: 1 },
  ] as RetryStatistics[];
  const whoReports = new WhoReports();
  const reportsAll = (jobType: string) => {
    const latest = { ...NO_NEWS };
    whoReports.noteFirstTries({ jobType, succeeded: 0 }, latest, T0);
    return latest.allReportedMs === T0;
  };

  it('knows from the history who reports first tries that succeed, and asks until it has been told, once', async () => {
    const statistics = jest.fn(async (_: StatisticsQuery): Promise<readonly RetryStatistics[]> => ofLastDay);
    statistics.mockRejectedValueOnce(new Error('away'));
    const onError = jest.fn();
    learnWhoReports({ attempts: { statistics }, whoReports, clock: () => T0, onError });
    await jest.advanceTimersByTimeAsync(0);
    expect(onError).toHaveBeenCalledTimes(1);
    expect(reportsAll('reports-all')).toBe(false);
    await jest.advanceTimersByTimeAsync(10_000);
    expect(statistics).toHaveBeenCalledTimes(2);
    expect(statistics).toHaveBeenLastCalledWith({ filter: {}, groupBy: 'job_type', fromMs: T0 - DAY_MS, toMs: T0 });
    expect(['reports-all', 'reports-failures'].filter(reportsAll)).toEqual(['reports-all']);
  });
});
