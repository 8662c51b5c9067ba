import { isCategorical } from './feature-names.js';
import type { TargetEncoding } from './target-encoding.js';

/** Rises with every change of what a column means: a model of another version is refused. */
export const ENCODER_VERSION = 2;

/** What a model reads: which features, and what was learned about their values. */
export interface FeatureSchema {
  readonly encoderVersion: number;
  /** Names of the contract, sorted; `delay_ms` among them. */
  readonly features: readonly string[];
  /** Whether the model reads `fastMean` and `slowMean`. The server must then keep a `RunningMeans`. */
  readonly runningMeans: boolean;
  /** By feature, for each categorical one. */
  readonly targetEncodings: Readonly<Record<string, TargetEncoding>>;
}

/** One number of an encoded row. */
export interface FeatureSpec {
  readonly name: string;
  /** The feature that it comes from: what explanations and importance name. */
  readonly feature: string;
  /** Whether it differs between the candidate delays of one failure. */
  readonly dependsOnDelay: boolean;
}

const CYCLES: Readonly<Record<string, readonly string[]>> = {
  time_of_day: ['time_of_day', 'time_of_day.sin', 'time_of_day.cos'],
  day_of_week: ['day_of_week', 'day_of_week.sin', 'day_of_week.cos'],
};

/** The columns of an encoded row, in order. */
export function columnsOf(schema: Pick<FeatureSchema, 'features' | 'runningMeans'>): readonly FeatureSpec[] {
  const columns = schema.features.flatMap((feature) =>
    (CYCLES[feature] ?? [feature]).map((name) => ({ name, feature, dependsOnDelay: feature === 'delay_ms' })),
  );
  const atRetry = ['time_of_day', 'incident_age_ms']
    .filter((feature) => schema.features.includes(feature))
    .map((feature) => ({ name: `${feature}.at_retry`, feature, dependsOnDelay: true }));
  const means = ['fast_mean', 'slow_mean'].map((name) => ({ name, feature: name, dependsOnDelay: false }));
  return [...columns, ...atRetry, ...(schema.runningMeans ? means : [])];
}

/** What the schema hash is taken of: the version of the encoder, and the columns as this code makes them. */
export function layoutOf(schema: FeatureSchema): unknown {
  return {
    encoderVersion: ENCODER_VERSION,
    columns: columnsOf(schema),
    encoded: schema.features.filter(isCategorical),
  };
}
