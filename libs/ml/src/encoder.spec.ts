import { describe, expect, it } from '@jest/globals';
import { Encoder } from './encoder.js';
import { isFeatureName, normaliseFeatureNames } from './feature-names.js';
import { ENCODER_VERSION, columnsOf } from './feature-schema.js';
import type { ModelContext } from './model-context.js';

const schema = {
  encoderVersion: ENCODER_VERSION,
  features: normaliseFeatureNames([
    'time_of_day',
    'day_of_week',
    'error_class',
    'dependency',
    'payload_size',
    'incident_age_ms',
    'health.cpu',
    'health.constructor',
  ]),
  runningMeans: true,
  targetEncodings: {
    error_class: { values: [['timeout', 0.5]] as const, buckets: [0.1, 0.2] },
    dependency: { values: [['email', 0.9]] as const, buckets: [0.3] },
  },
};
const bare: ModelContext = { jobType: 'email', errorClass: 'timeout', attemptNumber: 1 };

function encoded(context: ModelContext, delayMs = 0): Record<string, number> {
  const encoder = new Encoder(schema);
  const row = new Float64Array(encoder.width);
  encoder.encodeContext(context, row);
  encoder.encodeDelay(delayMs, row);
  return Object.fromEntries(encoder.columns.map(({ name }, i) => [name, row[i] ?? 0]));
}

describe('Encoder', () => {
  it('encodes what is missing as NaN, and never as a value', () => {
    const row = encoded(bare);
    const missing = Object.keys(row).filter((name) => Number.isNaN(row[name]));
    expect(missing).toEqual([
      'day_of_week',
      'day_of_week.sin',
      'day_of_week.cos',
      'health.constructor',
      'health.cpu',
      'incident_age_ms',
      'payload_size',
      'time_of_day',
      'time_of_day.sin',
      'time_of_day.cos',
      'time_of_day.at_retry',
      'incident_age_ms.at_retry',
      'fast_mean',
      'slow_mean',
    ]);
  });

  it('tells the hour at the retry from the hour at the failure, across midnight', () => {
    const row = encoded({ ...bare, failedAtMs: Date.parse('2026-03-01T23:30:00Z') }, 3_600_000);
    expect(row).toMatchObject({ time_of_day: 23.5, 'time_of_day.at_retry': 0.5, day_of_week: 0 });
  });

  it('takes the hour from whoever told it, and the minutes from the moment of the failure', () => {
    const failedAtMs = Date.parse('2026-03-01T23:30:00Z');
    expect(encoded({ ...bare, failedAtMs, timeOfDay: 7 }, 1_800_000)).toMatchObject({
      time_of_day: 7.5,
      'time_of_day.at_retry': 8,
    });
    expect(encoded({ ...bare, timeOfDay: 7 })['time_of_day']).toBe(7);
  });

  it.each([0, 90_000])(
    'tells how long the dependency will have been failing at the retry, after %i ms',
    (incidentAgeMs) => {
      const row = encoded({ ...bare, incidentAgeMs }, 30_000);
      expect(row['incident_age_ms']).toBeCloseTo(Math.log1p(incidentAgeMs), 12);
      expect(row['incident_age_ms.at_retry']).toBeCloseTo(Math.log1p(incidentAgeMs + 30_000), 9);
    },
  );

  it('encodes values never seen by the bucket of their hash', () => {
    expect([0.1, 0.2]).toContain(encoded({ ...bare, errorClass: 'never seen' })['error_class']);
    expect(encoded(bare)['error_class']).toBe(0.5);
  });

  it('takes the job type for the dependency where none is named', () => {
    expect(encoded(bare)['dependency']).toBe(0.9);
    expect(encoded({ ...bare, dependency: 'smtp' })['dependency']).toBe(0.3);
  });

  it('always has a column of the delay', () => {
    expect(
      columnsOf({ features: normaliseFeatureNames(['queue']), runningMeans: false }).map(({ name }) => name),
    ).toEqual(['delay_ms', 'queue']);
    expect(encoded(bare, 1_000)['delay_ms']).toBeCloseTo(Math.log1p(1_000));
  });
});

describe('isFeatureName', () => {
  it.each(['tenant', 'delay_ms', 'health.cpu'])('knows %s', (name) => {
    expect(isFeatureName(name)).toBe(true);
  });

  it.each(['', 'health.', 'moon_phase', '__proto__', 'toString'])('does not know %j', (name) => {
    expect(isFeatureName(name)).toBe(false);
  });
});
