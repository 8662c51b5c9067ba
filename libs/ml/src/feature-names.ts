/** Features whose values are texts: target-encoded. */
export const CATEGORICAL_FEATURES = [
  'job_type',
  'error_class',
  'error_code',
  'queue',
  'tenant',
  'worker_version',
  'dependency',
] as const;

/** Features whose values are numbers or times. */
export const NUMERIC_FEATURES = [
  'attempt_number',
  'payload_size',
  'time_of_day',
  'day_of_week',
  'since_last_failure_ms',
  'recent_failures',
  'incident_age_ms',
  'avg_processing_time_ms',
  'delay_ms',
] as const;

/** The start of the names of health signals: `health.cpu` is the signal `cpu`. */
export const HEALTH_PREFIX = 'health.';

const MAX_HEALTH_NAME_CHARACTERS = 100;

export type CategoricalFeature = (typeof CATEGORICAL_FEATURES)[number];

/** Whether a feature's values are texts. */
export function isCategorical(name: string): name is CategoricalFeature {
  return (CATEGORICAL_FEATURES as readonly string[]).includes(name);
}

/** Whether a training request may name this feature. */
export function isFeatureName(name: string): boolean {
  const health = name.startsWith(HEALTH_PREFIX) ? name.length - HEALTH_PREFIX.length : 0;
  return (
    isCategorical(name) ||
    (NUMERIC_FEATURES as readonly string[]).includes(name) ||
    (health > 0 && health <= MAX_HEALTH_NAME_CHARACTERS)
  );
}

/** The features as a model reads them: each once, in a fixed order, `delay_ms` always among them. */
export function normaliseFeatureNames(names: readonly string[]): readonly string[] {
  return [...new Set([...names, 'delay_ms'])].sort();
}
