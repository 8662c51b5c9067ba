import { createRng, type Rng } from '@smart-retry/domain';

/**
 * A uniform draw on [0, 1) that depends on its words alone: the same call has the same luck whoever decides, so that
 * deciders are compared on the same draws.
 */
export function coin(seed: number, purpose: number, index: number, attemptNumber: number): number {
  return createRng([seed, purpose, index, attemptNumber])();
}

/** A uniform draw on [lo, hi). */
export function uniform(rng: Rng, lo: number, hi: number): number {
  return lo + rng() * (hi - lo);
}

/** A draw on [lo, hi), lo > 0, whose logarithm is uniform. */
export function logUniform(rng: Rng, lo: number, hi: number): number {
  return lo * (hi / lo) ** rng();
}

/** An exponential draw. */
export function exponential(rng: Rng, mean: number): number {
  return -mean * Math.log(1 - rng());
}

/** A Pareto draw with the given minimum and tail index, cut at `max`. */
export function pareto(rng: Rng, min: number, tailIndex: number, max: number): number {
  return Math.min(max, min * (1 - rng()) ** (-1 / tailIndex));
}

/** One of several, all equally likely. */
export function pick<T>(rng: Rng, values: readonly [T, ...T[]]): T {
  return values[Math.floor(rng() * values.length)] ?? values[0];
}
