import type { LabelledMatrix } from '../fit-trees.js';

/** The best first split by the obvious way: every value of every column, missing values on either side. */
export function bestExactSplit(matrix: LabelledMatrix, lambda: number) {
  const { values, width, labels } = matrix;
  const rows = labels.length;
  const p = labels.reduce((sum, label) => sum + label, 0) / rows;
  const gainOf = (goesLeft: ArrayLike<number>): number => {
    const sums = [0, 0, 0, 0];
    for (let i = 0; i < rows; i++) {
      const side = goesLeft[i] === 1 ? 0 : 2;
      sums[side] = (sums[side] ?? 0) + p - (labels[i] ?? 0);
      sums[side + 1] = (sums[side + 1] ?? 0) + p * (1 - p);
    }
    const [gl = 0, hl = 0, gr = 0, hr = 0] = sums;
    return gl ** 2 / (hl + lambda) + gr ** 2 / (hr + lambda) - (gl + gr) ** 2 / (hl + hr + lambda);
  };
  let gain = 0;
  for (let column = 0; column < width; column++) {
    const cells = Array.from({ length: rows }, (_, i) => values[i * width + column] ?? 0);
    for (const threshold of new Set(cells.filter((value) => !Number.isNaN(value)))) {
      for (const missing of [0, 1]) {
        const goesLeft = cells.map((value) => (Number.isNaN(value) ? missing : value <= threshold ? 1 : 0));
        if (new Set(goesLeft).size === 2) gain = Math.max(gain, gainOf(goesLeft));
      }
    }
  }
  return { gain, gainOf };
}
