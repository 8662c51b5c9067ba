import type { ModelMetrics, ModelType } from '@smart-retry/domain';
import type { Calibration } from './calibration.js';
import type { DriftReference } from './drift.js';
import type { FeatureSchema } from './feature-schema.js';
import type { LogisticBody } from './logistic-body.js';
import type { ModelContext } from './model-context.js';
import type { TreeBody } from './tree-body.js';

/** Rises with every change of the artifact that older readers would misread. */
export const ARTIFACT_VERSION = 1;

/** Larger models are neither made nor loaded: every process that serves one parses it as a whole. */
export const MAX_ARTIFACT_BYTES = 32 * 2 ** 20;

/** A prediction made when the model was trained; it must come out the same wherever the model is loaded. */
export interface GoldenRow {
  readonly context: ModelContext;
  readonly delayMs: number;
  readonly probability: number;
}

export type ModelBody =
  ({ readonly kind: 'logistic' } & LogisticBody) | ({ readonly kind: 'gradient_boosting' } & TreeBody);

/** A model as it is kept: plain JSON, everything that scoring takes. Immutable. */
export interface ModelArtifact {
  readonly artifactVersion: number;
  readonly modelType: ModelType;
  readonly schema: FeatureSchema;
  /** SHA-256 (hex) of the columns as the code that trained the model makes them. */
  readonly schemaHash: string;
  readonly body: ModelBody;
  readonly calibration: Calibration;
  readonly golden: readonly GoldenRow[];
  /** How the model did on rows that it was not trained on. */
  readonly metrics: ModelMetrics;
  /** How its inputs were distributed. */
  readonly drift: DriftReference;
}

/** SHA-256 of a UTF-8 text as 64 hexadecimal digits: the platform's, given by the caller. */
export type Sha256 = (text: string) => string;
