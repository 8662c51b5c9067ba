import type { Growth, Leaf, Split } from './growth.js';
import type { Histogram, Stretch } from './histograms.js';

const MIN_GAIN = 1e-6;

/** The best split of a leaf by its histogram, over the columns given; undefined when none is worth it. */
export function findSplit(
  histogram: Histogram,
  columns: ArrayLike<number>,
  stretches: readonly Stretch[],
  leaf: Leaf,
  growth: Growth,
): Split | undefined {
  let best: Split | undefined;
  for (let i = 0; i < columns.length; i++) {
    const column = columns[i] as number;
    const found = bestOfColumn(histogram, column, stretches[column] as Stretch, leaf, growth, best?.gain ?? MIN_GAIN);
    best = found ?? best;
  }
  return best;
}

function bestOfColumn(
  histogram: Histogram,
  column: number,
  stretch: Stretch,
  leaf: Leaf,
  growth: Growth,
  gainToBeat: number,
): Split | undefined {
  const missingHessian = histogram[stretch.offset + 1] as number;
  const toRight = scan(histogram, stretch, leaf, growth, growth.monotone[column] ?? 0, 0, 0, gainToBeat);
  if (missingHessian <= 1e-9) return toRight === undefined ? undefined : { ...toRight, column, missingLeft: false };
  const missingGradient = histogram[stretch.offset] as number;
  const toLeft = scan(
    histogram,
    stretch,
    leaf,
    growth,
    growth.monotone[column] ?? 0,
    missingGradient,
    missingHessian,
    toRight?.gain ?? gainToBeat,
  );
  if (toLeft !== undefined) return { ...toLeft, column, missingLeft: true };
  return toRight === undefined ? undefined : { ...toRight, column, missingLeft: false };
}

/** Tries each bin as the last one on the left, which starts with the given sums; the rest is on the right. */
function scan(
  histogram: Histogram,
  { offset, bins }: Stretch,
  leaf: Leaf,
  growth: Growth,
  monotone: number,
  startGradient: number,
  startHessian: number,
  gainToBeat: number,
): Omit<Split, 'column' | 'missingLeft'> | undefined {
  const { regularization: lambda, minChildWeight, minChildRows } = growth;
  const { gradient, hessian } = leaf;
  const rowsPerHessian = (leaf.to - leaf.from) / Math.max(hessian, 1e-12);
  const leastHessian = Math.max(minChildWeight, minChildRows / rowsPerHessian, 1e-9);
  const parentScore = (gradient * gradient) / (hessian + lambda);
  let leftGradient = startGradient;
  let leftHessian = startHessian;
  let bestBin = -1;
  let bestGain = gainToBeat;
  let bestGradient = 0;
  let bestHessian = 0;
  const lastBin = bins - 1;
  // Bin 0 as the last one on the left: missing values against all others.
  for (let bin = startHessian > 0 && monotone === 0 ? 0 : 1; bin < lastBin; bin++) {
    if (bin > 0) {
      const at = offset + (bin << 1);
      leftGradient += histogram[at] as number;
      leftHessian += histogram[at + 1] as number;
    }
    if (leftHessian < leastHessian) continue;
    const rightHessian = hessian - leftHessian;
    if (rightHessian < leastHessian) break;
    const rightGradient = gradient - leftGradient;
    const gain =
      (leftGradient * leftGradient) / (leftHessian + lambda) +
      (rightGradient * rightGradient) / (rightHessian + lambda) -
      parentScore;
    if (gain <= bestGain) continue;
    if (monotone !== 0) {
      const rise = leftGradient / (leftHessian + lambda) - rightGradient / (rightHessian + lambda);
      if (monotone * rise < 0) continue;
    }
    bestGain = gain;
    bestBin = bin;
    bestGradient = leftGradient;
    bestHessian = leftHessian;
  }
  if (bestBin === -1) return undefined;
  return { gain: bestGain, bin: bestBin, leftGradient: bestGradient, leftHessian: bestHessian };
}
