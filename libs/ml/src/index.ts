export {
  CATEGORICAL_FEATURES,
  NUMERIC_FEATURES,
  isCategorical,
  isFeatureName,
  normaliseFeatureNames,
} from './feature-names.js';
export type { CategoricalFeature } from './feature-names.js';
export { ENCODER_VERSION, columnsOf } from './feature-schema.js';
export type { FeatureSchema, FeatureSpec } from './feature-schema.js';
export type { ModelContext } from './model-context.js';
export { Encoder, textOf } from './encoder.js';
export { RunningMeans } from './running-means.js';
export type { Means } from './running-means.js';
export { hashText } from './hash-text.js';
export type { TargetEncoding } from './target-encoding.js';
export { TargetEncoder } from './target-encoding.js';
export { calibrate } from './calibration.js';
export type { Calibration } from './calibration.js';
export { logitOf, sigmoid } from './probability.js';
export type { LogisticBody, LogisticDesignSettings } from './logistic-body.js';
export { LogisticDesign } from './logistic-design.js';
export type { LogisticTerm } from './logistic-design.js';
export type { TreeBody } from './tree-body.js';
export { FlatTrees } from './flat-trees.js';
export { treeContributions } from './tree-contributions.js';
export { DriftMonitor, driftBinOf, populationStability } from './drift.js';
export type { ColumnReference, DriftReference } from './drift.js';
export { hasSkill } from './model-metrics.js';
export { ARTIFACT_VERSION, MAX_ARTIFACT_BYTES } from './artifact.js';
export type { GoldenRow, ModelArtifact, ModelBody, Sha256 } from './artifact.js';
export { checksumOf, encodeArtifact, schemaHashOf } from './artifact-bytes.js';
export { canonicalJson } from './canonical-json.js';
export { assembleModel } from './assemble-model.js';
export { predictorOf } from './predictor-of.js';
export type { Predictor } from './predictor.js';
export { loadModel } from './load-model.js';
export type { LoadOptions } from './load-model.js';
export type { Contribution, Explanation, ScoringModel } from './scoring-model.js';
