import { createRng } from '@smart-retry/domain';
import type { Estimate } from '../metrics/bootstrap.js';
import { quantile } from '../metrics/quantile.js';

const RESAMPLES = 1_000;
const RESAMPLES_PER_PAUSE = 20;

/**
 * The 95 % percentile bootstrap of several ratios of sums at once. `blocks`: the sums of each block of jobs, which stay
 * together, shape [blocks, width]; `ratios` reads what is wanted from the sums of a resample, shape [width]. The same
 * blocks are drawn whenever there are as many, so that policies are compared on the same resamples. Yields now and then.
 */
export function* bootstrapBlocks<Name extends string>(
  blocks: Float64Array,
  width: number,
  ratios: (sums: Float64Array) => Readonly<Record<Name, number>>,
): Generator<void, Readonly<Record<Name, Estimate>>> {
  const size = blocks.length / width;
  const rng = createRng([size, 0x7768, 0x6174, 0x6966]);
  const sums = new Float64Array(width);
  const sumUp = (choose: (i: number) => number) => {
    sums.fill(0);
    for (let i = 0; i < size; i++) {
      const start = choose(i) * width;
      for (let k = 0; k < width; k++) sums[k] = (sums[k] ?? 0) + (blocks[start + k] ?? 0);
    }
    return ratios(sums);
  };
  const all = sumUp((i) => i);
  const resampled: Readonly<Record<Name, number>>[] = [];
  for (let i = 0; i < RESAMPLES; i++) {
    if (i % RESAMPLES_PER_PAUSE === 0) yield;
    resampled.push(sumUp(() => Math.floor(rng() * size)));
  }
  const estimates: Partial<Record<Name, Estimate>> = {};
  for (const name in all) {
    // A resample may have nothing to divide by.
    const values = resampled.map((sample) => sample[name]).filter(Number.isFinite);
    values.sort((a, b) => a - b);
    estimates[name] = { value: all[name], interval: [quantile(values, 0.025) ?? NaN, quantile(values, 0.975) ?? NaN] };
  }
  return estimates as Record<Name, Estimate>;
}
