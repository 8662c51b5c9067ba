import type { ScoringModel } from '@smart-retry/ml';
import type { FeatureImportance } from './trained-model.js';
import type { TrainingRow } from './training-row.js';

const EXPLAINED_ROWS = 100;

/** Each feature's share of all that moves predictions: mean |contribution| over rows evenly spread. The largest first. */
export function importanceOf(
  model: Pick<ScoringModel, 'explain'>,
  rows: readonly TrainingRow[],
): readonly FeatureImportance[] {
  const sums = new Map<string, number>();
  const count = Math.min(EXPLAINED_ROWS, rows.length);
  for (let i = 0; i < count; i++) {
    const { context, delayMs } = rows[Math.floor((i * rows.length) / count)] as TrainingRow;
    for (const { feature, logit } of model.explain(context, delayMs).contributions)
      sums.set(feature, (sums.get(feature) ?? 0) + Math.abs(logit));
  }
  const total = [...sums.values()].reduce((sum, value) => sum + value, 0);
  return [...sums]
    .map(([feature, sum]) => ({ feature, share: total === 0 ? 0 : sum / total }))
    .sort((a, b) => b.share - a.share || (a.feature < b.feature ? -1 : 1));
}
