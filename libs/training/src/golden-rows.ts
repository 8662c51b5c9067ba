import { type GoldenRow, type ModelContext, type ScoringModel } from '@smart-retry/ml';
import type { TrainingRow } from './training-row.js';

const GOLDEN_ROWS = 16;

/** Predictions of a model just trained, evenly spread over rows, for whoever loads it to make again. */
export function goldenRows(
  model: Pick<ScoringModel, 'scoreDelays'>,
  rows: readonly TrainingRow[],
): readonly GoldenRow[] {
  const count = Math.min(GOLDEN_ROWS, rows.length);
  const probability = new Float64Array(1);
  return Array.from({ length: count }, (_, i) => {
    const { context, delayMs } = rows[Math.floor((i * rows.length) / count)] as TrainingRow;
    const kept = withoutIdentity(context);
    model.scoreDelays(kept, [delayMs], probability);
    return { context: kept, delayMs, probability: probability[0] as number };
  });
}

/** What a model can read of a context: no ids. */
function withoutIdentity({ jobId: _jobId, errorFingerprint: _fingerprint, ...kept }: ModelContext): ModelContext {
  return kept;
}
