import { createRng } from '../../../libs/domain/dist/index.js';

export const COLUMNS = 32;
const MISSING_SHARE = 0.05;

/**
 * Rows like those of retries, row by row: a skewed delay, an hour, categories as numbers, signals; a tenth of the columns
 * decide, with interactions; the rest is noise. 5 % of the values of every third column are missing.
 */
export function generateRows(rows, seed) {
  const rng = createRng([seed, 17, 29, 43]);
  const values = new Float32Array(rows * COLUMNS);
  const labels = new Uint8Array(rows);
  for (let i = 0; i < rows; i++) {
    const row = values.subarray(i * COLUMNS, (i + 1) * COLUMNS);
    for (let c = 0; c < COLUMNS; c++) row[c] = draw(c, rng);
    labels[i] = rng() < 1 / (1 + Math.exp(-logitOf(row))) ? 1 : 0;
    for (let c = 2; c < COLUMNS; c += 3) if (rng() < MISSING_SHARE) row[c] = Number.NaN;
  }
  return { values, labels };
}

function draw(column, rng) {
  switch (column % 4) {
    case 0:
      return Math.log1p(500 * 1_200 ** rng());
    case 1:
      return Math.floor(24 * rng());
    case 2:
      return Math.sqrt(-2 * Math.log(1 - rng())) * Math.cos(2 * Math.PI * rng());
    default:
      return Math.floor(50 * rng() ** 3);
  }
}

function logitOf([delay, hour, signal, category, , peak, load, code, , , other]) {
  const waited = category < 8 ? 0.9 * (delay - 9) : 0.1 * (delay - 9);
  const busy = hour >= 8 && hour < 18 ? -0.8 * (load > 0 ? 1.5 : 0.5) : 0.3;
  return (
    waited + busy + 0.7 * Math.sin(2 * signal) + (code % 3 === 0 ? 0.6 : -0.3) * (peak > 12 ? 1 : -1) + 0.2 * other
  );
}
