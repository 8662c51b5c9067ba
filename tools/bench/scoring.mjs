import { createHash } from 'node:crypto';
import { bootstrap } from '../bootstrap.mjs';
import { build } from '../build.mjs';
import { describeMachine, writeReport } from './report.mjs';
import { tabulateTimings, timeInterleaved } from './timings.mjs';

// `npm run bench:scoring`: what it costs to rank eight candidate delays of one failure.
const ROUNDS = 7;
const OPERATIONS_PER_ROUND = 3_000;
const ROWS = 20_000;
const TREES = 100;
const LEAVES = 31;
const DELAYS_MS = [500, 3_000, 10_000, 22_000, 45_000, 150_000, 600_000, 1_800_000];
const FEATURES = [
  'attempt_number',
  'payload_size',
  'time_of_day',
  'day_of_week',
  'job_type',
  'error_class',
  'error_code',
  'health.cpu',
];

bootstrap();
build('libs/training');
const machine = describeMachine();
const { trainModel } = await import('../../libs/training/dist/index.js');
const { syntheticRows } = await import('../../libs/training/dist/testing/synthetic-rows.js');
const { encodeApart } = await import('../../libs/training/dist/dataset.js');
const { fitTrees } = await import('../../libs/training/dist/trees/fit-trees.js');
const { assembleModel, Encoder, FlatTrees, loadModel } = await import('../../libs/ml/dist/index.js');
const sha256 = (text) => createHash('sha256').update(text).digest('hex');

const rows = syntheticRows({ rows: ROWS });
const out = new Float64Array(DELAYS_MS.length);
const trained = await train('gradient_boosting', {});
const logistic = await train('logistic', {});
// Cross-validation would stop earlier: the full size is grown by hand, with no rows to be judged on.
const grown = await growFully(trained.artifact.schema);
const trees = {
  ...trained,
  ...assembleModel({ ...trained.artifact, body: grown.body, calibration: { kind: 'none' } }),
};
const { body } = grown;
const worstDifference = compareWithTrainer();
if (!(worstDifference < 1e-6)) throw new Error(`scores differ from the trainer's by ${worstDifference}`);
const flat = new FlatTrees(body);
const encoder = new Encoder(trees.artifact.schema);
const encoded = encodeAhead();
const nodes = new Float64Array(DELAYS_MS.length * body.roots.length * 5).fill(1);

const samples = await timeInterleaved(
  {
    'trees: encode a context, score its eight delays': (i) => score(trees, i),
    'logistic: the same': (i) => score(logistic, i),
    'encode a context and its eight delays': (i) => encode(i)[0],
    'reference: every tree walked for every delay, encoded beforehand': (i) => walk(encoded[i % encoded.length]),
    'ceiling: one addition for each node on the way, in a row': () => nodes.reduce((sum, value) => sum + value, 0),
  },
  { rounds: ROUNDS, operations: OPERATIONS_PER_ROUND },
);

writeReport('scoring', {
  title: 'Scoring eight delays',
  machine,
  sections: [
    `\`npm run bench:scoring\`: ${ROUNDS} interleaved rounds of ${OPERATIONS_PER_ROUND.toLocaleString('en')} operations after one to warm up, one thread, wall clock, each operation timed by itself (which adds some 0.1 µs). ${body.roots.length} trees with ${body.columns.filter((column) => column < 0).length} leaves in all, ${FEATURES.length + 1} features in ${encoder.width} columns, another context each time. Probabilities differ from a walk through the trainer's trees by ${worstDifference.toExponential(0)} at most. Wanted: trees under 60 µs (better: 30), logistic under 2 µs.`,
    tabulateTimings(samples),
  ],
});

async function growFully(schema) {
  const data = encodeApart(schema, rows);
  const settings = {
    maxLeaves: LEAVES,
    regularization: 1,
    minChildWeight: 0,
    minChildRows: 1,
    learningRate: 0.1,
    maxRounds: TREES,
    earlyStoppingRounds: 1_000,
    rowShare: 1,
    columnShare: 1,
    seed: 1,
    monotone: new Int8Array(data.width),
  };
  const fitted = await fitTrees(data, undefined, settings, async () => undefined);
  const leaves = fitted.body.columns.filter((column) => column < 0).length;
  if (fitted.body.roots.length !== TREES || leaves !== TREES * LEAVES) throw new Error('the trees are not full');
  return { body: { kind: 'gradient_boosting', ...fitted.body }, data };
}

/** Largest difference between a served probability and the trainer's own walk through its trees. */
function compareWithTrainer() {
  const { data } = grown;
  return rows.slice(0, 2_000).reduce((worst, { context, delayMs }, i) => {
    trees.scoreDelays(context, [delayMs], out);
    return Math.max(worst, Math.abs(out[0] - 1 / (1 + Math.exp(-walkOf(data.values, i * data.width)))));
  }, 0);
}

/** One row through the trees as they are written down, node by node. */
function walkOf(values, at) {
  return body.roots.reduce((logit, root) => {
    let node = root;
    while (body.columns[node] >= 0) {
      const value = values[at + body.columns[node]];
      const goesLeft = Number.isNaN(value) ? body.missingLefts[node] === 1 : value <= body.thresholds[node];
      node = goesLeft ? body.lefts[node] : body.rights[node];
    }
    return logit + body.values[node];
  }, body.baseLogit);
}

async function train(modelType, hyperparameters) {
  const request = { modelType, features: FEATURES, hyperparameters, crossValidation: 0 };
  const { bytes } = await trainModel(rows, request, { nowMs: Date.now(), sha256 });
  return loadModel(bytes, { sha256 });
}

function score(model, i) {
  model.scoreDelays(rows[i % ROWS].context, DELAYS_MS, out);
  return out[0];
}

function encode(i, values = new Float64Array(DELAYS_MS.length * encoder.width)) {
  const { context } = rows[i % ROWS];
  DELAYS_MS.forEach((delayMs, k) => {
    if (k === 0) encoder.encodeContext(context, values);
    else values.copyWithin(k * encoder.width, 0, encoder.width);
    encoder.encodeDelay(delayMs, values, k * encoder.width);
  });
  return values;
}

function encodeAhead() {
  return Array.from({ length: OPERATIONS_PER_ROUND }, (_, i) => encode(i));
}

function walk(values) {
  let sum = 0;
  for (let k = 0; k < DELAYS_MS.length; k++) sum += flat.logitOf(values, k * encoder.width);
  return sum;
}
