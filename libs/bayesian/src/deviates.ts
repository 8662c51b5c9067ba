import { createRng, type Rng } from '@smart-retry/domain';
import { BIN_COUNT } from './delay-grid.js';

export const DRAWS = 32;
/** How much of a draw all bins share: they rise and fall together more than not. */
const SHARED = Math.SQRT1_2;

/** Standard normal deviates by bin, fixed once and for all: shares are tabulated from the same draws each time; shape [BIN_COUNT · DRAWS]. */
export const DEVIATES = drawDeviates(createRng([0x7468, 0x6f6d, 0x7073, 0x6f6e]));

/** The least and the greatest of each bin; shape [BIN_COUNT] each. */
export const LEAST_DEVIATES = Float64Array.from({ length: BIN_COUNT }, (_, bin) => Math.min(...deviatesOf(bin)));
export const GREATEST_DEVIATES = Float64Array.from({ length: BIN_COUNT }, (_, bin) => Math.max(...deviatesOf(bin)));

function deviatesOf(bin: number): Float64Array {
  return DEVIATES.subarray(bin * DRAWS, (bin + 1) * DRAWS);
}

function drawDeviates(rng: Rng): Float64Array {
  const deviates = new Float64Array(BIN_COUNT * DRAWS);
  for (let draw = 0; draw < DRAWS; draw++) {
    const shared = standardNormal(rng);
    for (let bin = 0; bin < BIN_COUNT; bin++) deviates[bin * DRAWS + draw] = SHARED * (shared + standardNormal(rng));
  }
  return deviates;
}

/** Box–Muller. */
function standardNormal(rng: Rng): number {
  return Math.sqrt(-2 * Math.log(1 - rng())) * Math.cos(2 * Math.PI * rng());
}
