import type { Hyperparameters } from '@smart-retry/domain';
import { ENCODER_VERSION } from '@smart-retry/ml';
import { hashRows } from './hash-rows.js';
import type { Split } from './splits.js';
import type { Lineage } from './trained-model.js';
import type { TrainingOptions } from './training-options.js';
import type { TrainingRow } from './training-row.js';

interface Origin {
  /** All rows, sorted by time. */
  readonly known: readonly TrainingRow[];
  readonly split: Split;
  readonly hyperparameters: Hyperparameters;
  readonly seed: number;
  readonly backend: string;
  readonly options: TrainingOptions;
}

/** Where a model comes from. */
export function lineageOf({ known, split, hyperparameters, seed, backend, options }: Origin): Lineage {
  return {
    trainingRows: split.train.length,
    validationRows: split.test.length,
    droppedRows: known.length - split.train.length - split.test.length,
    windowFromMs: known[0]?.atMs ?? 0,
    windowToMs: (known.at(-1)?.atMs ?? 0) + 1,
    trainedAtMs: options.nowMs,
    seed,
    hyperparameters,
    rowsHash: hashRows(known, options.sha256),
    backend,
    encoderVersion: ENCODER_VERSION,
  };
}
