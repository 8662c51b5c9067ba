import type { ModelType } from '@smart-retry/domain';
import {
  ARTIFACT_VERSION,
  assembleModel,
  checksumOf,
  encodeArtifact,
  schemaHashOf,
  type Calibration,
  type FeatureSchema,
  type ModelArtifact,
  type ModelBody,
  type Sha256,
} from '@smart-retry/ml';
import type { Validated } from './cross-validate.js';
import type { Dataset } from './dataset.js';
import { fitPlatt } from './fit-platt.js';
import { goldenRows } from './golden-rows.js';
import { learnDriftReference } from './learn-drift-reference.js';
import { measure } from './measure.js';
import type { TrainingRow } from './training-row.js';

interface Parts {
  readonly modelType: ModelType;
  readonly schema: FeatureSchema;
  readonly body: ModelBody;
  /** The training rows. */
  readonly data: Dataset;
  readonly validated: Pick<Validated, 'logits' | 'labels'>;
  readonly testRows: readonly TrainingRow[];
  readonly sha256: Sha256;
}

interface Built {
  readonly artifact: ModelArtifact;
  readonly bytes: Uint8Array;
  readonly checksum: string;
}

/** Calibrates a fitted body, measures it on the test rows, and packs what it takes to serve it. */
export function buildArtifact({ modelType, schema, body, data, validated, testRows, sha256 }: Parts): Built {
  const calibration: Calibration =
    validated.labels.length === 0 ? { kind: 'none' } : fitPlatt(validated.logits, validated.labels);
  const unmeasured: Omit<ModelArtifact, 'metrics' | 'golden'> = {
    artifactVersion: ARTIFACT_VERSION,
    modelType,
    schema,
    schemaHash: schemaHashOf(schema, sha256),
    body,
    calibration,
    drift: learnDriftReference(schema, data.rows),
  };
  const model = assembleModel(unmeasured);
  const probabilities = testRows.map(({ context, delayMs }) => {
    model.scoreDelays(context, [delayMs], ONE);
    return ONE[0] as number;
  });
  const metrics = measure({
    probabilities,
    labels: testRows.map(({ success }) => (success ? 1 : 0)),
    jobIds: testRows.map(({ jobId }) => jobId),
    trainingRate: data.labels.reduce((sum, label) => sum + label, 0) / data.labels.length,
  });
  const artifact: ModelArtifact = { ...unmeasured, metrics, golden: goldenRows(model, testRows) };
  return { artifact, bytes: encodeArtifact(artifact), checksum: checksumOf(artifact, sha256) };
}

const ONE = new Float64Array(1);
