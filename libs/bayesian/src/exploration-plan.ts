import type { ExplorationPlan, ExplorationSettings, TriedAction } from '@smart-retry/domain';
import { BIN_COUNT } from './delay-grid.js';
import type { Posterior } from './posterior.js';
import { STOP } from './thompson.js';
import { boundedDelayOf, type PlanBounds, type ValueTerms } from './value.js';

/** Every decision keeps its plan as evidence: digits that say nothing are most of what that costs. */
function toDigits(value: number, scale: number): number {
  return Math.round(value * scale) / scale;
}

/**
 * Thompson's shares, and beneath them a uniform anchor over all delays that may be waited, also where the plan says stop.
 *
 * @param independence How many independent outcomes one counts for: what is shown is as sure as those make it, 0–1.
 */
export function explorationPlanOf(
  shares: readonly number[],
  { gains }: ValueTerms,
  { means, evidence }: Posterior,
  independence: number,
  { maxShare, anchorShare }: ExplorationSettings,
  bounds: PlanBounds,
): ExplorationPlan | null {
  const exactShare = maxShare + anchorShare;
  const share = toDigits(exactShare, 1e6);
  let allowed = 0;
  for (let bin = 0; bin < BIN_COUNT; bin++) if ((gains[bin] ?? 0) > 0) allowed++;
  if (share <= 0 || allowed === 0) return null;
  const actions: TriedAction[] = [];
  for (let bin = 0; bin < BIN_COUNT; bin++) {
    const anchored = (gains[bin] ?? 0) > 0 ? anchorShare / allowed : 0;
    const weight = toDigits((maxShare * (shares[bin] ?? 0) + anchored) / exactShare, 1e6);
    if (weight > 0)
      actions.push([
        boundedDelayOf(bin, bounds),
        weight,
        toDigits(means[bin] ?? 0, 10_000),
        toDigits(independence * (evidence[bin] ?? 0), 10),
      ]);
  }
  const stopWeight = toDigits((maxShare * (shares[STOP] ?? 0)) / exactShare, 1e6);
  if (stopWeight > 0) actions.push([null, stopWeight]);
  return { share, actions };
}
