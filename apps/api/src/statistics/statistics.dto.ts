import {
  parseDurationMs,
  SmartRetryError,
  STATISTICS_DIMENSIONS,
  type EpochMs,
  type RetryStatistics,
  type StatisticsDimension,
  type StatisticsQuery,
} from '@smart-retry/domain';
import { Type, type Static } from 'typebox';
import { named } from '../http/named.js';
import { dropAbsent } from '../http/drop-absent.js';
import { FilterLabel, FilterWord, readQueryText } from '../http/query-text.js';
import { readAll, readEach } from '../http/read-all.js';
import { Timestamp } from '../http/wire-schemas.js';
import { formatTimestamp } from '../http/wire-time.js';

const DEFAULT_WINDOW = '24h';
const DAY_MS = 86_400_000;
const NullableText = Type.Unsafe<string | null>({ type: ['string', 'null'] });

export const StatisticsParams = Type.Object({
  job_type: FilterLabel,
  error_class: FilterLabel,
  queue: FilterLabel,
  tenant: FilterLabel,
  group_by: FilterWord(STATISTICS_DIMENSIONS),
  window: Type.Optional(Type.String({ description: 'Go or clock text, up to the retention; default 24h.' })),
});
export type StatisticsParams = Static<typeof StatisticsParams>;

const countFields = {
  total_attempts: Type.Integer({ description: 'Retries: successful and failed.' }),
  successful_retries: Type.Integer(),
  failed_retries: Type.Integer(),
  avg_delay_ms: Type.Number({ description: 'Mean delay really waited; 0 when none is known (`recorded_delays`).' }),
  success_rate: Type.Number({ description: '0–1; 0 without retries.' }),
  last_updated: Type.Unsafe<string | null>({
    type: ['string', 'null'],
    description: 'Newest retry counted; null without any.',
  }),
  sampled: Type.Boolean({ description: 'Whether counts are scaled back from a sample.' }),
  recorded_retries: Type.Integer({ description: 'Retries really stored.' }),
  recorded_delays: Type.Integer({ description: 'Of those, the ones whose delay is known.' }),
  first_tries: Type.Object({ succeeded: Type.Integer(), failed: Type.Integer() }),
};

export const StatisticsResponse = named(
  'Statistics',
  Type.Object({
    job_type: NullableText,
    error_class: NullableText,
    ...countFields,
    window_start: Timestamp,
    window_end: Timestamp,
    queue: Type.Optional(Type.String()),
    tenant: Type.Optional(Type.String()),
    group_by: Type.Optional(Type.String()),
    groups: Type.Optional(
      Type.Array(Type.Object({ group: NullableText, ...countFields }), {
        description: 'Those with the most attempts, at most 1,000; the totals are of all.',
      }),
    ),
  }),
);
export type StatisticsResponse = Static<typeof StatisticsResponse>;

/** The query over `[now − window, now)`. @throws {INVALID_REQUEST} naming a bad window and every bad label. */
export function toStatisticsQuery(params: StatisticsParams, nowMs: EpochMs, retentionDays: number): StatisticsQuery {
  const { windowMs, labels } = readAll({
    windowMs: () => readWindowMs(params.window ?? DEFAULT_WINDOW, retentionDays),
    labels: () => readEach(STATISTICS_DIMENSIONS, (dimension) => readQueryText(dimension, params[dimension])),
  });
  const filter: Partial<Record<StatisticsDimension, string>> = dropAbsent(
    Object.fromEntries(STATISTICS_DIMENSIONS.map((dimension, i) => [dimension, labels[i]])),
  );
  const groupBy = STATISTICS_DIMENSIONS.find((dimension) => dimension === params.group_by);
  return { filter, fromMs: nowMs - windowMs, toMs: nowMs, ...dropAbsent({ groupBy }) };
}

function readWindowMs(text: string, retentionDays: number): number {
  const windowMs = readDuration(text);
  if (windowMs >= 1 && windowMs <= retentionDays * DAY_MS) return Math.round(windowMs);
  const message = `must be a duration such as 24h, above 0 and up to the retention of ${retentionDays} days`;
  throw new SmartRetryError('INVALID_REQUEST', `window ${message}`, { fields: [{ path: 'window', message }] });
}

function readDuration(text: string): number {
  try {
    return parseDurationMs(text);
  } catch (error) {
    if (error instanceof SmartRetryError) return Number.NaN;
    throw error;
  }
}

export function fromStatistics(
  query: StatisticsQuery,
  total: RetryStatistics,
  groups: readonly RetryStatistics[] | undefined,
): StatisticsResponse {
  const { filter, fromMs, toMs, groupBy } = query;
  return {
    job_type: filter.job_type ?? null,
    error_class: filter.error_class ?? null,
    ...fromCounts(total),
    window_start: formatTimestamp(fromMs),
    window_end: formatTimestamp(toMs),
    ...dropAbsent({ queue: filter.queue, tenant: filter.tenant, group_by: groupBy }),
    ...(groups && { groups: groups.map((entry) => ({ group: entry.group, ...fromCounts(entry) })) }),
  };
}

function fromCounts(statistics: RetryStatistics) {
  const { successfulRetries, failedRetries, recordedRetries, avgDelayMs, lastAttemptAtMs } = statistics;
  const retries = successfulRetries + failedRetries;
  const succeeded = Math.round(successfulRetries);
  const failed = Math.round(failedRetries);
  return {
    total_attempts: succeeded + failed,
    successful_retries: succeeded,
    failed_retries: failed,
    avg_delay_ms: avgDelayMs ?? 0,
    success_rate: retries === 0 ? 0 : successfulRetries / retries,
    last_updated: lastAttemptAtMs === null ? null : formatTimestamp(lastAttemptAtMs),
    sampled: Math.round(retries) !== recordedRetries,
    recorded_retries: recordedRetries,
    recorded_delays: statistics.recordedDelays,
    first_tries: {
      succeeded: Math.round(statistics.firstTriesSucceeded),
      failed: Math.round(statistics.firstTriesFailed),
    },
  };
}
