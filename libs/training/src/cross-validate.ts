import type { Hyperparameters, ModelType } from '@smart-retry/domain';
import { encodeApart, encodeForTraining, type SchemaRequest } from './dataset.js';
import { learnerOf } from './learners.js';
import { lossOf } from './measure.js';
import { logitsOf } from './predict.js';
import type { Split } from './splits.js';
import type { Stepper } from './stepper.js';
import type { CrossValidated } from './trained-model.js';
import type { TrainingRow } from './training-row.js';

/** What folds said of one set of hyperparameters. */
export interface Validated extends CrossValidated {
  /** Mean of the folds' rounds. */
  readonly rounds: number;
  /** Logits of rows by models that were not trained on them, and their outcomes. */
  readonly logits: readonly number[];
  readonly labels: readonly number[];
}

export interface ValidationRequest {
  readonly modelType: ModelType;
  readonly schema: SchemaRequest;
  readonly rows: readonly TrainingRow[];
  readonly folds: readonly Split[];
  readonly seed: number;
  readonly stepper: Stepper;
  /** Shares of the whole work between which this lies. */
  readonly within: { readonly from: number; readonly to: number };
}

/** Trains and judges once for each fold; folds whose training rows hold only one outcome are left out. */
export async function validate(request: ValidationRequest, hyperparameters: Hyperparameters): Promise<Validated> {
  const { rows, folds } = request;
  const logits: number[] = [];
  const labels: number[] = [];
  const foldLogLosses: number[] = [];
  const rounds: number[] = [];
  for (const [i, { train, test }] of folds.entries()) {
    const { from, to } = request.within;
    request.stepper.enter(from + ((to - from) * i) / folds.length, from + ((to - from) * (i + 1)) / folds.length);
    const [trainRows, testRows] = [pick(rows, train), pick(rows, test)];
    if (!hasBothOutcomes(trainRows)) continue;
    const fold = await judgeFold(request, hyperparameters, trainRows, testRows);
    rounds.push(fold.rounds);
    foldLogLosses.push(meanLoss(fold.logits, testRows));
    fold.logits.forEach((logit, i) => {
      logits.push(logit);
      labels.push(testRows[i]?.success === true ? 1 : 0);
    });
  }
  const logLoss = meanOf(logits.map((logit, i) => lossOf(1 / (1 + Math.exp(-logit)), labels[i] as number)));
  return { hyperparameters, foldLogLosses, logLoss, rounds: meanOf(rounds), logits, labels };
}

async function judgeFold(
  { modelType, schema: schemaRequest, seed, stepper }: ValidationRequest,
  hyperparameters: Hyperparameters,
  trainRows: readonly TrainingRow[],
  testRows: readonly TrainingRow[],
): Promise<{ readonly logits: Float64Array; readonly rounds: number }> {
  const { schema, data } = encodeForTraining(schemaRequest, trainRows);
  const heldOut = encodeApart(schema, testRows);
  const fitted = await learnerOf(modelType).fit({
    schema,
    data,
    heldOut,
    hyperparameters,
    seed,
    betweenSteps: stepper.step,
  });
  return { logits: logitsOf(schema, fitted.body, testRows), rounds: fitted.rounds };
}

function meanLoss(logits: Float64Array, rows: readonly TrainingRow[]): number {
  return meanOf(
    Array.from(logits, (logit, i) => lossOf(1 / (1 + Math.exp(-logit)), rows[i]?.success === true ? 1 : 0)),
  );
}

function meanOf(values: readonly number[]): number {
  return values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function hasBothOutcomes(rows: readonly TrainingRow[]): boolean {
  return rows.some(({ success }) => success) && rows.some(({ success }) => !success);
}

/** The rows at these indices. */
export function pick(rows: readonly TrainingRow[], indices: Uint32Array): readonly TrainingRow[] {
  return Array.from(indices, (i) => rows[i] as TrainingRow);
}
