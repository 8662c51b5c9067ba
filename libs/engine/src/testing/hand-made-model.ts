import type { ModelMetrics, ModelVersion } from '@smart-retry/domain';
import { T0 } from '@smart-retry/domain/testing';
import {
  ARTIFACT_VERSION,
  assembleModel,
  encodeArtifact,
  ENCODER_VERSION,
  schemaHashOf,
  type ModelArtifact,
} from '@smart-retry/ml';
import { sha256Hex } from '../digest.js';

export interface HandMadeModel {
  readonly description: ModelVersion;
  readonly artifact: Uint8Array;
}

export interface HandMadeOptions {
  readonly version?: string;
  /** Logits gained each time that the wait is e times as long: above zero, waiting helps. */
  readonly perLogDelay?: number;
  /** Logit of a wait of 10 s. */
  readonly logitAtTenSeconds?: number;
  /** What is added for one error code. */
  readonly errorCode?: readonly [code: string, logit: number];
  readonly metrics?: Partial<ModelMetrics>;
  readonly trainedAtMs?: number;
  /** Makes the golden rows say something else than the model. */
  readonly hasWrongGoldenRows?: boolean;
}

const LOG_TEN_SECONDS = Math.log1p(10_000);
/** Of `attempt_number`: the standardised value, its absence, and both slopes by delay. */
const NO_WEIGHTS_OF_CONTEXT = [0, 0, 0, 0];

/** A logistic model as the trainer would write it, of which a test knows what it says. */
export function handMadeModel(options: HandMadeOptions = {}): HandMadeModel {
  const { version = 'v1', trainedAtMs = T0, hasWrongGoldenRows = false } = options;
  const draft = artifactOf(options);
  const context = { jobType: 'email_send', errorClass: 'timeout', attemptNumber: 1 };
  const chance = new Float64Array(1);
  assembleModel(draft).scoreDelays(context, [5_000], chance);
  const probability = (chance[0] ?? 0) + (hasWrongGoldenRows ? 0.1 : 0);
  const bytes = encodeArtifact({ ...draft, golden: [{ context, delayMs: 5_000, probability }] });
  return {
    artifact: bytes,
    description: {
      version,
      modelType: 'logistic',
      features: ['attempt_number', 'delay_ms'],
      trainedAtMs,
      trainedBy: 'test',
      artifactSha256: sha256Hex(new TextDecoder().decode(bytes)),
      artifactBytes: bytes.length,
      metrics: draft.metrics,
      importance: [{ feature: 'delay_ms', importance: 1 }],
      lineage: {
        seed: 1,
        dataHash: 'ab'.repeat(32),
        dataFromMs: trainedAtMs - 86_400_000,
        dataToMs: trainedAtMs,
        trainingRows: 4_000,
        validationRows: 1_000,
        codeVersion: '0.1.0',
        backend: 'by hand',
      },
      details: {},
    },
  };
}

function artifactOf(options: HandMadeOptions): ModelArtifact {
  const { perLogDelay = 3, logitAtTenSeconds = 0, errorCode, metrics } = options;
  const schema = {
    encoderVersion: ENCODER_VERSION,
    features: ['attempt_number', 'delay_ms'],
    runningMeans: false,
    targetEncodings: {},
  };
  return {
    artifactVersion: ARTIFACT_VERSION,
    modelType: 'logistic',
    schema,
    schemaHash: schemaHashOf(schema, sha256Hex),
    body: {
      kind: 'logistic',
      design: {
        centers: [0, LOG_TEN_SECONDS],
        scales: [1, 1],
        clip: 20,
        indicators: errorCode === undefined ? [] : [['error_code', errorCode[0]]],
      },
      intercept: logitAtTenSeconds,
      weights: [
        ...NO_WEIGHTS_OF_CONTEXT,
        ...(errorCode === undefined ? [] : [errorCode[1], 0, 0]),
        perLogDelay,
        ...[0, 0, 0, 0],
      ],
    },
    calibration: { kind: 'none' },
    golden: [],
    metrics: { ...SKILLED, ...metrics },
    drift: { columns: [] },
  };
}

const SKILLED: ModelMetrics = {
  rows: 1_000,
  accuracy: 0.87,
  f1: 0.84,
  precision: 0.8,
  recall: 0.9,
  logLoss: 0.4,
  brier: 0.13,
  auc: 0.81,
  ece: 0.01,
  baseRate: 0.4,
  confusion: { threshold: 0.5, truePositives: 360, falsePositives: 90, trueNegatives: 510, falseNegatives: 40 },
  baseLogLoss: 0.67,
  skill: 0.27,
  skillStandardError: 0.02,
};
