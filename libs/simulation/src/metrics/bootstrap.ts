import { createRng } from '@smart-retry/domain';
import { quantile } from './quantile.js';

export interface Estimate {
  readonly value: number;
  /** 95 % by the percentile bootstrap. */
  readonly interval: readonly [lo: number, hi: number];
}

const RESAMPLES = 2_000;

/**
 * Estimates a statistic of `size` paired units: `statistic` is given the indices of the units to use, with repetitions,
 * so that everything it reads of one unit stays together. Deterministic.
 */
export function bootstrap(size: number, statistic: (units: readonly number[]) => number): Estimate {
  const rng = createRng([size, 0x626f, 0x6f74, 0]);
  const units = Array.from({ length: size }, (_, i) => i);
  const values = Array.from({ length: RESAMPLES }, () => statistic(units.map(() => Math.floor(rng() * size))));
  values.sort((a, b) => a - b);
  return { value: statistic(units), interval: [quantile(values, 0.025) ?? NaN, quantile(values, 0.975) ?? NaN] };
}
