import {
  Encoder,
  ENCODER_VERSION,
  hashText,
  isCategorical,
  textOf,
  type FeatureSchema,
  type TargetEncoding,
} from '@smart-retry/ml';
import { frequentValues, learnTargetEncoding } from './learn-target-encoding.js';
import type { TrainingRow } from './training-row.js';

/** Parts of the training rows; each is target-encoded by what the other parts say. */
const ENCODING_FOLDS = 5;

/** Encoded rows: `values` has shape [rows, width], row by row. */
export interface Dataset {
  readonly rows: readonly TrainingRow[];
  readonly values: Float64Array;
  readonly width: number;
  /** 1: success. */
  readonly labels: Uint8Array;
  readonly weights: Float64Array;
}

export interface SchemaRequest {
  readonly features: readonly string[];
  readonly runningMeans: boolean;
}

/**
 * Learns the encoding from training rows, and encodes them: out of fold, so that no row's own outcome is in its inputs.
 * Rows of one job are in one fold.
 */
export function encodeForTraining(
  request: SchemaRequest,
  rows: readonly TrainingRow[],
): { readonly schema: FeatureSchema; readonly data: Dataset } {
  const folds = rows.map(({ jobId }) => hashText(`encoding fold ${jobId}`) % ENCODING_FOLDS);
  const categorical = request.features.filter(isCategorical);
  const frequent = new Map(
    categorical.map((feature) => [feature, frequentValues(rows.map(({ context }) => textOf(feature, context)))]),
  );
  const schemaWithout = (fold: number | undefined): FeatureSchema => ({
    encoderVersion: ENCODER_VERSION,
    features: request.features,
    runningMeans: request.runningMeans,
    targetEncodings: Object.fromEntries(
      categorical.map((feature): [string, TargetEncoding] => {
        const labelled = rows
          .filter((_, i) => folds[i] !== fold)
          .map(({ context, success, weight = 1 }) => ({ value: textOf(feature, context), success, weight }));
        return [feature, learnTargetEncoding(labelled, frequent.get(feature) ?? [])];
      }),
    ),
  });
  const encoders = Array.from({ length: ENCODING_FOLDS }, (_, fold) => new Encoder(schemaWithout(fold)));
  const schema = schemaWithout(undefined);
  return { schema, data: encode(rows, (i) => encoders[folds[i] ?? 0] as Encoder) };
}

/** Encodes rows that the encoding was not learned from. */
export function encodeApart(schema: FeatureSchema, rows: readonly TrainingRow[]): Dataset {
  const encoder = new Encoder(schema);
  return encode(rows, () => encoder);
}

function encode(rows: readonly TrainingRow[], encoderOf: (row: number) => Encoder): Dataset {
  const width = rows.length === 0 ? 0 : encoderOf(0).width;
  const values = new Float64Array(rows.length * width);
  rows.forEach(({ context, delayMs }, i) => {
    const encoder = encoderOf(i);
    encoder.encodeContext(context, values, i * width);
    encoder.encodeDelay(delayMs, values, i * width);
  });
  return {
    rows,
    values,
    width,
    labels: Uint8Array.from(rows, ({ success }) => (success ? 1 : 0)),
    weights: Float64Array.from(rows, ({ weight = 1 }) => weight),
  };
}
