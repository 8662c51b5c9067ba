import { createHash } from 'node:crypto';
import type { ModelMetrics } from '@smart-retry/domain';
import { schemaHashOf } from '../artifact-bytes.js';
import { ARTIFACT_VERSION, type ModelArtifact, type ModelBody, type Sha256 } from '../artifact.js';
import { assembleModel } from '../assemble-model.js';
import { Encoder } from '../encoder.js';
import { ENCODER_VERSION, type FeatureSchema } from '../feature-schema.js';
import { LogisticDesign } from '../logistic-design.js';

export const sha256: Sha256 = (text) => createHash('sha256').update(text).digest('hex');

export const SCHEMA: FeatureSchema = {
  encoderVersion: ENCODER_VERSION,
  features: ['attempt_number', 'delay_ms', 'error_class', 'payload_size', 'time_of_day'],
  runningMeans: false,
  targetEncodings: {
    error_class: {
      values: [
        ['rejected', -1],
        ['timeout', 0.5],
      ],
      buckets: [0.1, 0.2],
    },
  },
};

const METRICS: ModelMetrics = {
  rows: 100,
  accuracy: 0.8,
  f1: 0.8,
  precision: 0.8,
  recall: 0.8,
  logLoss: 0.5,
  brier: 0.2,
  auc: 0.8,
  ece: 0.02,
  baseRate: 0.5,
  confusion: { threshold: 0.5, truePositives: 40, falsePositives: 10, trueNegatives: 40, falseNegatives: 10 },
  baseLogLoss: 0.69,
  skill: 0.19,
  skillStandardError: 0.02,
};

/** A logistic body whose weights are all different. */
export function logisticBody(): ModelBody {
  const encoder = new Encoder(SCHEMA);
  const design = {
    centers: encoder.columns.map((_, i) => i / 10),
    scales: encoder.columns.map((_, i) => 1 + i / 5),
    clip: 4,
    indicators: [['error_class', 'timeout'] as const],
  };
  const { terms } = new LogisticDesign(encoder, design);
  return { kind: 'logistic', design, intercept: -0.3, weights: terms.map((_, i) => Math.sin(i + 1) / 3) };
}

/** One tree: is it a timeout, and if so, was the wait longer than ten seconds? */
export function treeBody(): ModelBody {
  return {
    kind: 'gradient_boosting',
    baseLogit: -0.2,
    roots: [0],
    columns: [2, -1, 1, -1, -1],
    thresholds: [0, 0, Math.log1p(10_000), 0, 0],
    lefts: [1, 0, 3, 0, 0],
    rights: [2, 0, 4, 0, 0],
    missingLefts: [1, 0, 0, 0, 0],
    values: [0, -1, 0, -0.5, 1.5],
    covers: [10, 4, 6, 2, 4],
  };
}

/** An artifact that loads, of the body given. */
export function artifactOf(body: ModelBody): ModelArtifact {
  const context = { jobType: 'email', errorClass: 'timeout', attemptNumber: 2, payloadSize: 300, timeOfDay: 7 };
  const parts = { schema: SCHEMA, body, calibration: { kind: 'platt', slope: 0.9, intercept: 0.1 } } as const;
  const probability = new Float64Array(1);
  assembleModel(parts).scoreDelays(context, [30_000], probability);
  return {
    ...parts,
    artifactVersion: ARTIFACT_VERSION,
    modelType: body.kind,
    schemaHash: schemaHashOf(SCHEMA, sha256),
    golden: [{ context, delayMs: 30_000, probability: probability[0] ?? 0 }],
    metrics: METRICS,
    drift: { columns: [] },
  };
}
