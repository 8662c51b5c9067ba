import { NOTHING_DEPLOYED, type Deployment, type ModelVersion } from '@smart-retry/domain';
import { NOON_MS, unique } from './examples.js';

export function exampleModel(model: Partial<ModelVersion> = {}): ModelVersion {
  return {
    version: unique('v'),
    modelType: 'logistic',
    features: ['attempt_number', 'health.cpu "%"'],
    trainedAtMs: NOON_MS,
    trainedBy: 'operator',
    artifactSha256: 'ab'.repeat(32),
    artifactBytes: 4,
    metrics: {
      rows: 1_000,
      baseRate: 0.4,
      accuracy: 0.87,
      f1: 0.84,
      precision: 0.8,
      recall: 0.9,
      logLoss: 0.412,
      brier: 0.13,
      auc: 0.81,
      ece: 0.02,
      confusion: { threshold: 0.5, truePositives: 360, falsePositives: 90, trueNegatives: 510, falseNegatives: 40 },
      baseLogLoss: 0.673,
      skill: 0.261,
      skillStandardError: 0.02,
    },
    importance: [{ feature: 'attempt_number', importance: 1 }],
    lineage: {
      seed: 7,
      dataHash: 'cd'.repeat(32),
      dataFromMs: NOON_MS - 86_400_000,
      dataToMs: NOON_MS,
      trainingRows: 4_000,
      validationRows: 1_000,
      codeVersion: '0.1.0',
      backend: 'cpu',
    },
    details: { hyperparameters: { learning_rate: 0.01 } },
    ...model,
  };
}

export function exampleDeployment(deployment: Partial<Deployment> = {}): Deployment {
  return {
    revision: 1,
    atMs: NOON_MS,
    actor: 'operator',
    action: 'deployed',
    version: null,
    reason: null,
    rollout: NOTHING_DEPLOYED,
    previousRevision: 0,
    ...deployment,
  };
}
