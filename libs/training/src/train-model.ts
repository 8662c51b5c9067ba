import { throwIfProblems, combinationsOf } from '@smart-retry/domain';
import { loadModel, normaliseFeatureNames } from '@smart-retry/ml';
import { buildArtifact } from './build-artifact.js';
import { pick, validate, type Validated } from './cross-validate.js';
import { encodeForTraining, type SchemaRequest } from './dataset.js';
import { throwIfNothingToLearn, throwIfTooFew, throwIfTooLarge } from './gates.js';
import { importanceOf } from './importance.js';
import { learnerOf } from './learners.js';
import { lineageOf } from './lineage.js';
import { withoutUnseenCycles } from './seen-cycles.js';
import { createStepper, type Stepper } from './stepper.js';
import { foldsByTime, splitByTime } from './splits.js';
import type { TrainedModel } from './trained-model.js';
import type { TrainingOptions } from './training-options.js';
import { trainingRequestProblems, type TrainingRequest } from './training-request.js';
import type { TrainingRow } from './training-row.js';
import { withRunningMeans } from './with-running-means.js';

/** Without cross-validation this share of the training rows, the latest, says when to stop and how to calibrate. */
const CALIBRATION_SHARE = 0.2;
const DEFAULT_FOLDS = 5;
const DEFAULT_VALIDATION_SHARE = 0.2;
/** Share of the work that is done before the last fit. */
const SEARCH_SHARE = 0.8;

/**
 * Trains a model of p(success | context, delay): searches hyperparameters by cross-validation, calibrates on what folds
 * held out, fits once more to all training rows, and measures on later rows that nothing has seen. Deterministic: the
 * same rows (in any order), request and back end give the same bytes.
 *
 * @throws {INVALID_REQUEST} the request contradicts itself, names what does not exist, or asks for too large a model
 * @throws {INSUFFICIENT_DATA} too few rows, or one outcome only, with the counts
 */
export async function trainModel(
  rows: readonly TrainingRow[],
  request: TrainingRequest,
  options: TrainingOptions,
): Promise<TrainedModel> {
  throwIfProblems('INVALID_REQUEST', trainingRequestProblems(request));
  throwIfTooFew(request.modelType, rows);
  const { modelType, seed = 1, runningMeans = false } = request;
  const sorted = [...rows].sort(byTime);
  const known = runningMeans ? withRunningMeans(sorted) : sorted;
  const split = splitByTime(known, request.validationShare ?? DEFAULT_VALIDATION_SHARE);
  const [trainRows, testRows] = [pick(known, split.train), pick(known, split.test)];
  throwIfNothingToLearn(modelType, trainRows);
  const features = withoutUnseenCycles(normaliseFeatureNames(request.features), trainRows);
  const schemaRequest = { features, runningMeans };
  const stepper = createStepper(options);
  const backend = await learnerOf(modelType).prepare();
  const validated = await search(trainRows, request, schemaRequest, stepper);
  const best = validated[0] as Validated;

  stepper.enter(SEARCH_SHARE, 1);
  const { schema, data } = encodeForTraining(schemaRequest, trainRows);
  const hyperparameters = learnerOf(modelType).withRounds(best.hyperparameters, best.rounds);
  const { body } = await learnerOf(modelType).fit({ schema, data, hyperparameters, seed, betweenSteps: stepper.step });
  const artifact = buildArtifact({ modelType, schema, body, data, validated: best, testRows, sha256: options.sha256 });
  throwIfTooLarge(artifact.bytes);
  const lineage = lineageOf({ known, split, hyperparameters: best.hyperparameters, seed, backend, options });
  stepper.enter(1, 1);
  await stepper.step(0);
  const model = loadModel(artifact.bytes, { sha256: options.sha256, checksum: artifact.checksum });
  return {
    ...artifact,
    metrics: artifact.artifact.metrics,
    importance: importanceOf(model, testRows),
    crossValidated: validated.map(({ hyperparameters: tried, foldLogLosses, logLoss }) => ({
      hyperparameters: tried,
      foldLogLosses,
      logLoss,
    })),
    lineage,
  };
}

/** Every set of hyperparameters, judged by the same folds; the best first, of equals the one listed first. */
async function search(
  rows: readonly TrainingRow[],
  { modelType, hyperparameters = {}, crossValidation = DEFAULT_FOLDS, seed = 1 }: TrainingRequest,
  schema: SchemaRequest,
  stepper: Stepper,
): Promise<readonly Validated[]> {
  const folds = crossValidation >= 2 ? foldsByTime(rows, crossValidation) : [splitByTime(rows, CALIBRATION_SHARE)];
  const combinations = combinationsOf(modelType, hyperparameters);
  const validated: Validated[] = [];
  const share = (done: number) => (SEARCH_SHARE * done) / combinations.length;
  for (const [i, combination] of combinations.entries()) {
    const within = { from: share(i), to: share(i + 1) };
    validated.push(await validate({ modelType, schema, rows, folds, seed, stepper, within }, combination));
  }
  const worth = ({ logLoss }: Validated) => (Number.isNaN(logLoss) ? Infinity : logLoss);
  return validated.sort((a, b) => worth(a) - worth(b));
}

function byTime(a: TrainingRow, b: TrainingRow): number {
  return (
    a.atMs - b.atMs ||
    compare(a.jobId, b.jobId) ||
    a.context.attemptNumber - b.context.attemptNumber ||
    a.delayMs - b.delayMs
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
