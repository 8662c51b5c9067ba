import {
  type FieldProblem,
  HYPERPARAMETERS,
  hyperparameterProblems,
  type HyperparameterRanges,
  MODEL_TYPES,
  type ModelType,
} from '@smart-retry/domain';
import { isFeatureName } from '@smart-retry/ml';

/** What to train, and how. */
export interface TrainingRequest {
  readonly modelType: ModelType;
  /** Names of the contract; `delay_ms` is read whether listed or not. */
  readonly features: readonly string[];
  /** By their wire names; a list is a set of values of which the best is searched. */
  readonly hyperparameters?: HyperparameterRanges;
  /** Share of the rows, the latest, kept apart to measure the model: 0.05–0.5; 0.2 when absent. */
  readonly validationShare?: number;
  /** Folds, 2–20; 0 or 1: none. 5 when absent. */
  readonly crossValidation?: number;
  /** Same rows, request and seed: same artifact. 1 when absent. */
  readonly seed?: number;
  /** Whether the model reads the running success rates (`RunningMeans`), which the server must then give it. */
  readonly runningMeans?: boolean;
}

const MAX_FEATURES = 200;

/** What is wrong with a request, by wire name; nothing when it can be tried. */
export function trainingRequestProblems(request: TrainingRequest): readonly FieldProblem[] {
  const { modelType, features, hyperparameters = {}, validationShare = 0.2, crossValidation = 5, seed = 1 } = request;
  const problems: FieldProblem[] = [];
  const refuse = (path: string, message: string) => problems.push({ path, message });
  if (!MODEL_TYPES.includes(modelType)) refuse('model_type', `must be one of ${MODEL_TYPES.join(', ')}`);
  if (features.length === 0) refuse('features', 'must name at least one feature');
  if (features.length > MAX_FEATURES) refuse('features', `must name at most ${MAX_FEATURES} features`);
  features.forEach((name, i) => {
    if (!isFeatureName(name)) refuse(`features[${i}]`, `${JSON.stringify(name)} is not a feature`);
  });
  if (!(validationShare >= 0.05 && validationShare <= 0.5))
    refuse('validation_set', `must be between 0.05 and 0.5, got ${validationShare}`);
  if (!Number.isInteger(crossValidation) || crossValidation < 0 || crossValidation > 20)
    refuse('cross_validation', `must be a whole number between 0 and 20, got ${crossValidation}`);
  if (!Number.isInteger(seed)) refuse('seed', `must be a whole number, got ${seed}`);
  if (modelType in HYPERPARAMETERS) problems.push(...hyperparameterProblems(modelType, hyperparameters));
  return problems;
}
