import { createHash } from 'node:crypto';
import { bootstrap } from '../bootstrap.mjs';
import { build } from '../build.mjs';
import { describeMachine, writeReport } from './report.mjs';
import { tabulateTimings, timeInterleaved } from './timings.mjs';

// `npm run bench:scoring`: what it costs to rank eight candidate delays of one failure.
const ROUNDS = 7;
const OPERATIONS_PER_ROUND = 3_000;
const ROWS = 20_000;
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
const { Encoder, FlatTrees, loadModel } = await import('../../libs/ml/dist/index.js');
const sha256 = (text) => createHash('sha256').update(text).digest('hex');

const rows = syntheticRows({ rows: ROWS });
const trees = await train('gradient_boosting', {
  max_rounds: 100,
  max_leaves: 31,
  early_stopping_rounds: 1_000,
  min_child_rows: 1,
});
const logistic = await train('logistic', {});
const { body } = trees.artifact;
const flat = new FlatTrees(body);
const encoder = new Encoder(trees.artifact.schema);
const encoded = encodeAhead();
const nodes = new Float64Array(DELAYS_MS.length * body.roots.length * 5).fill(1);
const out = new Float64Array(DELAYS_MS.length);

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
    `\`npm run bench:scoring\`: ${ROUNDS} interleaved rounds of ${OPERATIONS_PER_ROUND.toLocaleString('en')} operations after one to warm up, one thread, wall clock, each operation timed by itself (which adds some 0.1 µs). ${body.roots.length} trees with ${body.columns.filter((column) => column < 0).length} leaves in all, ${FEATURES.length + 1} features in ${encoder.width} columns, another context each time. Wanted: trees under 60 µs (better: 30), logistic under 2 µs.`,
    tabulateTimings(samples),
  ],
});

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
    encoder.encodeDelay(context, delayMs, values, k * encoder.width);
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
