import { createRng, type Rng } from '@smart-retry/domain';
import { exponential } from '../random.js';
import { drawOutages, Outages } from './outages.js';

/** The law of a dependency that fails in outages, and now and then by itself. */
export interface RecoveryLaw {
  readonly meanGapMs: number;
  /** One draw each, the longer the greater the draw: what it makes of an even draw q is the quantile q. */
  readonly drawLengthMs: (rng: Rng) => number;
  readonly meanLengthMs: number;
  readonly blipShare: number;
}

/** The chance that a call succeeds `delayMs` after another one that failed while the dependency had been down for `downForMs`; null: it was up. */
export type RecoveryChance = (downForMs: number | null, delayMs: number) => number;

const SIMULATED_OUTAGES = 2_000;
const PROBES_PER_OUTAGE = 8;
const MIN_DELAY_MS = 100;
const MAX_DELAY_MS = 14_400_000;
const GRID_POINTS = 48;
const GRID_RATIO = (MAX_DELAY_MS / MIN_DELAY_MS) ** (1 / (GRID_POINTS - 1));
/** Lengths that stand for all that an outage may still reach. */
const LENGTHS = 64;
const BISECTIONS = 40;

/**
 * By the law alone, which knows for how long an outage has lasted and not when it ends: over the lengths L of those that
 * last longer than `downForMs`, the mean of `A(delayMs − (L − downForMs))`, times the share of calls that are no blips.
 * A(t) is the chance to be up t after any moment of being up (gaps have no memory), by a long simulation of the law
 * (standard error below 0.01), since outages that follow each other have no closed form.
 */
export function createRecoveryChance(law: RecoveryLaw): RecoveryChance {
  let availability: ((afterMs: number) => number) | undefined;
  return (downForMs, delayMs) => {
    availability ??= simulateAvailability(law);
    if (downForMs === null) return (1 - law.blipShare) * availability(delayMs);
    const shorter = shareShorterThan(law, downForMs);
    let sum = 0;
    for (let i = 0; i < LENGTHS; i++) {
      const quantile = shorter + (1 - shorter) * ((i + 0.5) / LENGTHS);
      sum += availability(delayMs - Math.max(0, law.drawLengthMs(() => quantile) - downForMs));
    }
    return ((1 - law.blipShare) * sum) / LENGTHS;
  };
}

function shareShorterThan({ drawLengthMs }: RecoveryLaw, lengthMs: number): number {
  let lo = 0;
  let hi = 1;
  for (let i = 0; i < BISECTIONS; i++) {
    const middle = (lo + hi) / 2;
    if (drawLengthMs(() => middle) < lengthMs) lo = middle;
    else hi = middle;
  }
  return lo;
}

function simulateAvailability(law: RecoveryLaw): (afterMs: number) => number {
  const rng = createRng([1, 2, 3, 4]);
  const spanMs = SIMULATED_OUTAGES * (law.meanGapMs + law.meanLengthMs);
  const outages = new Outages(
    drawOutages(
      spanMs,
      () => exponential(rng, law.meanGapMs),
      () => law.drawLengthMs(rng),
    ),
  );
  const upAtMs: number[] = [];
  for (let probe = 0; probe < SIMULATED_OUTAGES * PROBES_PER_OUTAGE; probe++) {
    const atMs = rng() * (spanMs - MAX_DELAY_MS);
    if (outages.at(atMs) === null) upAtMs.push(atMs);
  }
  const curve = Array.from({ length: GRID_POINTS }, (_, i) => {
    const afterMs = MIN_DELAY_MS * GRID_RATIO ** i;
    return upAtMs.filter((atMs) => outages.at(atMs + afterMs) === null).length / upAtMs.length;
  });
  return (afterMs) => {
    if (afterMs < 0) return 0;
    const place = Math.log(Math.max(afterMs, MIN_DELAY_MS) / MIN_DELAY_MS) / Math.log(GRID_RATIO);
    const below = Math.min(GRID_POINTS - 1, Math.floor(place));
    const above = Math.min(GRID_POINTS - 1, below + 1);
    const [lo = 0, hi = 0] = [curve[below], curve[above]];
    return lo + (hi - lo) * Math.min(1, place - below);
  };
}
