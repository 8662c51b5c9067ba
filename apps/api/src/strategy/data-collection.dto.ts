import { formatGoDuration, STRATEGY_LIMITS, type DataCollectionSettings } from '@smart-retry/domain';
import { Type, type Static } from 'typebox';
import { named } from '../http/named.js';
import { readDurationMs } from '../http/wire-duration.js';
import { OptionalDuration } from '../http/wire-schemas.js';

/** Data collection within a strategy. */
export const DataCollectionPart = named(
  'DataCollection',
  Type.Object(
    {
      enabled: Type.Optional(Type.Boolean({ description: 'Off: attempts are acknowledged as `skipped`.' })),
      sample_rate: Type.Optional(Type.Number({ minimum: 0, maximum: 1, description: 'Share of jobs kept.' })),
      retention_days: Type.Optional(Type.Integer({ minimum: 1, maximum: STRATEGY_LIMITS.retentionDays })),
      aggregation_interval: OptionalDuration,
      feature_extraction: Type.Optional(Type.Boolean()),
    },
    { additionalProperties: false },
  ),
);

/** @throws {INVALID_DURATION} naming the field below `prefix`. */
export function toDataCollectionChanges(
  body: Static<typeof DataCollectionPart>,
  prefix: string,
): Partial<DataCollectionSettings> {
  const aggregationIntervalMs = readDurationMs(`${prefix}.aggregation_interval`, body.aggregation_interval);
  return {
    ...(body.enabled !== undefined && { enabled: body.enabled }),
    ...(body.sample_rate !== undefined && { sampleRate: body.sample_rate }),
    ...(body.retention_days !== undefined && { retentionDays: body.retention_days }),
    ...(aggregationIntervalMs !== undefined && { aggregationIntervalMs }),
    ...(body.feature_extraction !== undefined && { featureExtraction: body.feature_extraction }),
  };
}

export function fromDataCollectionSettings(settings: DataCollectionSettings) {
  return {
    enabled: settings.enabled,
    sample_rate: settings.sampleRate,
    retention_days: settings.retentionDays,
    aggregation_interval: formatGoDuration(settings.aggregationIntervalMs),
    feature_extraction: settings.featureExtraction,
  };
}
