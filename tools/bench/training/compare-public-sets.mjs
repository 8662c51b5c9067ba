import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { validate } from '../../../libs/training/dist/cross-validate.js';
import { encodeForTraining } from '../../../libs/training/dist/dataset.js';
import { combinationsOf } from '../../../libs/training/dist/hyperparameters.js';
import { areaUnderCurve } from '../../../libs/training/dist/index.js';
import { learnerOf } from '../../../libs/training/dist/learners.js';
import { logitsOf } from '../../../libs/training/dist/predict.js';
import { permutation, rngFor } from '../../../libs/training/dist/seeded.js';
import { foldsByTime } from '../../../libs/training/dist/splits.js';
import { createStepper } from '../../../libs/training/dist/stepper.js';
import { table } from '../report.mjs';

/** Below so many rows chance decides much: there the mean of more divisions is taken. */
const MANY_ROWS = 20_000;
const DIVISIONS = 10;
const DIVISIONS_OF_MANY = 3;
const FOLDS = 5;
const TRAINED_SHARE = 0.7;
const TREE_PEERS = ['HistGradientBoosting', 'XGBoost'];

/** Both of our models and the peers on public sets, each the mean of several divisions: a table, or null without peers. */
export async function comparePublicSets(folder, runPeer) {
  const sets = runPeer('public_sets.py', ['export', folder]);
  if (sets === undefined) return null;
  const orders = sets.map(({ rows }, i) => {
    const divisions = rows < MANY_ROWS ? DIVISIONS : DIVISIONS_OF_MANY;
    const ofSet = Array.from({ length: divisions }, (_, seed) => permutation(rows, rngFor(seed, 'public set')));
    writeFileSync(join(folder, `set-${i}.orders`), Uint32Array.from(ofSet.flatMap((order) => [...order])));
    return ofSet;
  });
  const peers = runPeer('public_sets.py', ['score', folder]);
  const lines = [];
  for (const [i, set] of sets.entries()) {
    const rows = readRows(folder, i, set);
    const ours = { gradient_boosting: [], logistic: [] };
    for (const order of orders[i]) {
      for (const modelType of Object.keys(ours))
        ours[modelType].push(
          await areaOf(
            modelType,
            Array.from(order, (row) => rows[row]),
          ),
        );
    }
    lines.push(lineOf(set, ours, peers[i]));
  }
  const head = ['', 'our trees', ...TREE_PEERS, 'trees less the better', 'our logistic', 'LogisticRegression', 'less'];
  return table(head, lines);
}

function lineOf({ name, rows, columns }, ours, peers) {
  const [trees, logistic] = [meanOf(ours.gradient_boosting), meanOf(ours.logistic)];
  const treePeers = TREE_PEERS.map((peer) => meanOf(peers[peer]));
  const logisticPeer = meanOf(peers.LogisticRegression);
  return [
    `${name} (${rows.toLocaleString('en')} × ${columns})`,
    trees.toFixed(4),
    ...treePeers.map((area) => area.toFixed(4)),
    signed(trees - Math.max(...treePeers)),
    logistic.toFixed(4),
    logisticPeer.toFixed(4),
    signed(logistic - logisticPeer),
  ];
}

/** Rows as the trainer has them: each column is a health signal, each row a job of its own; nothing was waited. */
function readRows(folder, set, { rows, columns }) {
  const values = new Float64Array(new Uint8Array(readFileSync(join(folder, `set-${set}.values`))).buffer);
  const labels = readFileSync(join(folder, `set-${set}.labels`));
  return Array.from({ length: rows }, (_, i) => ({
    context: {
      jobType: 'row',
      errorClass: 'row',
      attemptNumber: 1,
      health: Object.fromEntries(Array.from({ length: columns }, (_, c) => [`c${c}`, values[i * columns + c]])),
    },
    delayMs: 0,
    success: labels[i] === 1,
    jobId: `row-${i}`,
  }));
}

/** Cross-validated and fitted as `trainModel` does it, without its refusal of so few rows. */
async function areaOf(modelType, shuffled) {
  const rows = shuffled.map((row, i) => ({ ...row, atMs: i, context: { ...row.context, failedAtMs: i } }));
  const trained = rows.slice(0, Math.floor(TRAINED_SHARE * rows.length));
  const tested = rows.slice(trained.length);
  const features = ['delay_ms', ...Object.keys(rows[0].context.health).map((name) => `health.${name}`)].sort();
  const schemaRequest = { features, runningMeans: false };
  const [initial] = combinationsOf(modelType, {});
  const learner = learnerOf(modelType);
  await learner.prepare();
  // Folds would tell a logistic regression nothing: one set of hyperparameters, and no number of rounds.
  const rounds = modelType === 'logistic' ? 1 : await roundsOf(modelType, schemaRequest, trained, initial);
  const { schema, data } = encodeForTraining(schemaRequest, trained);
  const hyperparameters = learner.withRounds(initial, rounds);
  const { body } = await learner.fit({ schema, data, hyperparameters, seed: 1, betweenSteps: async () => undefined });
  return areaUnderCurve(
    logitsOf(schema, body, tested),
    tested.map(({ success }) => (success ? 1 : 0)),
  );
}

async function roundsOf(modelType, schema, rows, hyperparameters) {
  const stepper = createStepper({ nowMs: 0, sha256: () => '' });
  const within = { from: 0, to: 1 };
  const folds = foldsByTime(rows, FOLDS);
  const { rounds } = await validate({ modelType, schema, rows, folds, seed: 1, stepper, within }, hyperparameters);
  return rounds;
}

function meanOf(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function signed(difference) {
  return `${difference < 0 ? '−' : '+'}${Math.abs(difference).toFixed(4)}`;
}
