import { createRng } from '@smart-retry/domain';
import { exponential } from '../random.js';
import { drawOutages, Outages } from './outages.js';

/** The law of a dependency that fails in outages, and now and then by itself. */
export interface RecoveryLaw {
  readonly meanGapMs: number;
  readonly drawLengthMs: (rng: () => number) => number;
  readonly meanLengthMs: number;
  readonly blipShare: number;
}

const SIMULATED_OUTAGES = 2_000;
const PROBES_PER_OUTAGE = 8;
const MIN_DELAY_MS = 100;
const MAX_DELAY_MS = 14_400_000;
const GRID_POINTS = 48;
const GRID_RATIO = (MAX_DELAY_MS / MIN_DELAY_MS) ** (1 / (GRID_POINTS - 1));

/**
 * The chance that a retry succeeds after a given delay, for a first try that failed at a random moment: by a long
 * simulation of the law (standard error below 0.015), since no closed form covers outages that follow each other.
 */
export function createRecoveryCurve(law: RecoveryLaw): (delayMs: number) => number {
  let curve: readonly number[] | undefined;
  return (delayMs) => {
    curve ??= simulateCurve(law);
    const place = Math.log(Math.max(delayMs, MIN_DELAY_MS) / MIN_DELAY_MS) / Math.log(GRID_RATIO);
    const below = Math.min(GRID_POINTS - 1, Math.floor(place));
    const above = Math.min(GRID_POINTS - 1, below + 1);
    const [lo = 0, hi = 0] = [curve[below], curve[above]];
    return lo + (hi - lo) * Math.min(1, place - below);
  };
}

function simulateCurve(law: RecoveryLaw): readonly number[] {
  const rng = createRng([1, 2, 3, 4]);
  const spanMs = SIMULATED_OUTAGES * (law.meanGapMs + law.meanLengthMs);
  const outages = new Outages(
    drawOutages(
      spanMs,
      () => exponential(rng, law.meanGapMs),
      () => law.drawLengthMs(rng),
    ),
  );
  const failures: number[] = [];
  for (let probe = 0; probe < SIMULATED_OUTAGES * PROBES_PER_OUTAGE; probe++) {
    const atMs = rng() * (spanMs - MAX_DELAY_MS);
    if (outages.at(atMs) !== null || rng() < law.blipShare) failures.push(atMs);
  }
  return Array.from({ length: GRID_POINTS }, (_, i) => {
    const delayMs = MIN_DELAY_MS * GRID_RATIO ** i;
    const up = failures.filter((atMs) => outages.at(atMs + delayMs) === null).length;
    return (up / failures.length) * (1 - law.blipShare);
  });
}
