import { SmartRetryError, throwIfProblems, type ModelType } from '@smart-retry/domain';
import { MAX_ARTIFACT_BYTES } from '@smart-retry/ml';
import type { TrainingRow } from './training-row.js';

/** Retries that teach, at least. */
export const MIN_ROWS: Readonly<Record<ModelType, number>> = { logistic: 200, gradient_boosting: 2_000 };

/** @throws {INSUFFICIENT_DATA} too few rows, or only one outcome among them; with the counts */
export function throwIfTooFew(modelType: ModelType, rows: readonly Pick<TrainingRow, 'success'>[]): void {
  const counts = countsOf(modelType, rows);
  const { retries, required } = counts;
  if (retries < required)
    throw refusal(`${modelType} takes ${required} retries that teach, there are ${retries}`, counts);
  throwIfOneOutcome(counts);
}

/** @throws {INSUFFICIENT_DATA} what is left to train on, after the latest rows were put aside, holds one outcome only */
export function throwIfNothingToLearn(modelType: ModelType, rows: readonly Pick<TrainingRow, 'success'>[]): void {
  throwIfOneOutcome(countsOf(modelType, rows));
}

/** @throws {INVALID_REQUEST} the trees that were asked for make a larger artifact than is ever loaded */
export function throwIfTooLarge({ byteLength }: { readonly byteLength: number }): void {
  if (byteLength <= MAX_ARTIFACT_BYTES) return;
  const message = `make an artifact of ${byteLength} bytes, at most ${MAX_ARTIFACT_BYTES} are served: ask for fewer or smaller trees`;
  throwIfProblems('INVALID_REQUEST', [{ path: 'hyperparameters', message }]);
}

function countsOf(modelType: ModelType, rows: readonly Pick<TrainingRow, 'success'>[]) {
  const successes = rows.reduce((sum, { success }) => sum + (success ? 1 : 0), 0);
  return { retries: rows.length, required: MIN_ROWS[modelType], successes, failures: rows.length - successes };
}

function throwIfOneOutcome(counts: ReturnType<typeof countsOf>): void {
  const { retries, successes, failures } = counts;
  if (successes > 0 && failures > 0) return;
  const outcome = successes === 0 ? 'failure' : 'success';
  throw refusal(`all ${retries} retries to train on ended in ${outcome}: there is nothing to tell apart`, counts);
}

function refusal(message: string, counts: Readonly<Record<string, number>>): SmartRetryError {
  return new SmartRetryError('INSUFFICIENT_DATA', message, { counts });
}
