import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRng } from '../../../libs/domain/dist/index.js';
import { fitLogistic } from '../../../libs/training/dist/fit-logistic.js';
import { lossOf } from '../../../libs/training/dist/measure.js';
import { chooseTensorBackend } from '../../../libs/training/dist/tensor-backend.js';
import { table } from '../report.mjs';

const REGULARIZATION = 1;
const TEST_ROWS = 50_000;
const SIZES = [
  { rows: 1_000, columns: 10 },
  { rows: 20_000, columns: 10 },
  { rows: 100_000, columns: 32 },
];

/** Our logistic regression and scikit-learn's on the same rows: a table, or null where there is no peer. */
export async function compareRegressions(folder, runPeer) {
  const backend = await chooseTensorBackend();
  const lines = [];
  for (const { rows, columns } of SIZES) {
    const [train, test] = [draw(rows, columns, 1), draw(TEST_ROWS, columns, 2)];
    write(folder, 'regression-train', train);
    write(folder, 'regression-test', test);
    const peer = runPeer('regression.py', [folder, columns, REGULARIZATION]);
    if (peer === undefined) return null;
    const from = process.cpuUsage();
    const ours = await fit(train, columns);
    const { user, system } = process.cpuUsage(from);
    const distance = [...ours.weights, ours.intercept].reduce(
      (most, weight, i) => Math.max(most, Math.abs(weight - [...peer.weights, peer.intercept][i])),
      0,
    );
    const logLoss = meanLoss(test, columns, ours);
    lines.push([
      `${rows.toLocaleString('en')} × ${columns}`,
      distance.toExponential(1),
      logLoss.toFixed(5),
      peer.logLoss.toFixed(5),
      ((user + system) / 1e6).toFixed(1),
      peer.cpuSeconds.toFixed(1),
    ]);
  }
  const head = ['', 'largest difference of a coefficient', 'log-loss', 'its log-loss', 'CPU s', 'its CPU s'];
  return { backend, text: table(head, lines) };
}

/** Standard normal columns, which is as well-conditioned as columns get; weights fall from 1 to 0 with changing signs. */
function draw(rows, columns, seed) {
  const rng = createRng([seed, 61, 67, 71]);
  const values = Float64Array.from({ length: rows * columns }, () => normal(rng));
  const labels = Uint8Array.from({ length: rows }, (_, i) => {
    let logit = 0.3;
    for (let c = 0; c < columns; c++) logit += (c % 2 === 0 ? 1 : -1) * (1 - c / columns) * values[i * columns + c];
    return rng() < 1 / (1 + Math.exp(-logit)) ? 1 : 0;
  });
  return { values, labels };
}

function normal(rng) {
  return Math.sqrt(-2 * Math.log(1 - rng())) * Math.cos(2 * Math.PI * rng());
}

function write(folder, name, { values, labels }) {
  writeFileSync(join(folder, `${name}.values`), values);
  writeFileSync(join(folder, `${name}.labels`), labels);
}

function fit({ values, labels }, terms) {
  const problem = {
    rows: labels.length,
    terms,
    writeTerms: (i, out, at) => out.set(values.subarray(i * terms, (i + 1) * terms), at),
    labels,
    weights: new Float64Array(labels.length).fill(1),
    regularization: REGULARIZATION,
  };
  return fitLogistic(problem, { seed: 1, learningRate: 0.01, betweenSteps: async () => undefined });
}

function meanLoss({ values, labels }, columns, { intercept, weights }) {
  const sum = labels.reduce((total, label, i) => {
    const logit = weights.reduce((z, weight, c) => z + weight * values[i * columns + c], intercept);
    return total + lossOf(1 / (1 + Math.exp(-logit)), label);
  }, 0);
  return sum / labels.length;
}
