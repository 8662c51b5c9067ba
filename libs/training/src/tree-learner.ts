import type { Hyperparameters } from '@smart-retry/domain';
import { Encoder, isCategorical } from '@smart-retry/ml';
import type { Fitted, Learner } from './learner.js';
import { fitTrees, type BoostingSettings } from './trees/fit-trees.js';

/** Below this many rows large trees learn noise. */
const FEW_ROWS = 10_000;
const LEAVES_OF_FEW_ROWS = 8;
const LEAVES = 31;
/** Rises with every change that lets other trees grow from the same rows. */
const TREES_VERSION = 2;

/** Gradient boosting over the columns of the encoder. */
export const treeLearner: Learner = {
  prepare: async () => `trees ${TREES_VERSION}`,
  withRounds: (hyperparameters, rounds) => ({ ...hyperparameters, max_rounds: Math.max(1, Math.round(rounds)) }),
  async fit({ schema, data, heldOut, hyperparameters, seed, betweenSteps }): Promise<Fitted> {
    const { columns } = new Encoder(schema);
    const monotone = Int8Array.from(columns, ({ name }) =>
      name === 'delay_ms' ? (hyperparameters['monotone_delay'] ?? 0) : 0,
    );
    const estimates = new Set(columns.flatMap(({ feature }, column) => (isCategorical(feature) ? [column] : [])));
    const settings = { ...boostingSettings(hyperparameters, data.rows.length, seed), monotone, estimates };
    const { body, rounds } = await fitTrees(data, heldOut, settings, betweenSteps);
    return { body: { kind: 'gradient_boosting', ...body }, rounds };
  },
};

/** Hyperparameters by their wire names, as the trees take them. */
function boostingSettings(given: Hyperparameters, rows: number, seed: number): Omit<BoostingSettings, 'monotone'> {
  const maxLeaves = given['max_leaves'] ?? 0;
  return {
    maxLeaves: maxLeaves > 0 ? Math.max(2, maxLeaves) : rows < FEW_ROWS ? LEAVES_OF_FEW_ROWS : LEAVES,
    regularization: given['regularization'] ?? 1,
    minChildWeight: given['min_child_weight'] ?? 1,
    minChildRows: given['min_child_rows'] ?? 20,
    learningRate: given['learning_rate'] ?? 0.1,
    maxRounds: given['max_rounds'] ?? 200,
    earlyStoppingRounds: given['early_stopping_rounds'] ?? 20,
    rowShare: given['row_share'] ?? 1,
    columnShare: given['column_share'] ?? 1,
    seed,
  };
}
