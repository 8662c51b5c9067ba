import { readFileSync } from 'node:fs';
import { COLUMNS } from './generate-rows.mjs';

// One run of our trees in a process of its own: `ours.mjs <folder> <rounds>`. Prints what it cost as JSON.
const [folder, rounds] = process.argv.slice(2);
const { fitTrees } = await import('../../../libs/training/dist/trees/fit-trees.js');
const { areaUnderCurve } = await import('../../../libs/training/dist/index.js');
const { FlatTrees } = await import('../../../libs/ml/dist/index.js');
const train = read('train');
const test = read('test');
const idle = process.memoryUsage.rss();
const from = process.cpuUsage();
const fromMs = performance.now();
const { body } = await fitTrees(
  train,
  undefined,
  {
    maxLeaves: 31,
    regularization: 1,
    minChildWeight: 1,
    minChildRows: 20,
    learningRate: 0.1,
    maxRounds: Number(rounds),
    earlyStoppingRounds: 1_000,
    rowShare: 1,
    columnShare: 1,
    seed: 1,
    monotone: new Int8Array(COLUMNS),
  },
  async () => undefined,
);
const { user, system } = process.cpuUsage(from);
const wallSeconds = (performance.now() - fromMs) / 1_000;
const trees = new FlatTrees(body);
const scores = Float64Array.from(test.labels, (_, i) => trees.logitOf(test.values, i * COLUMNS));
console.log(
  JSON.stringify({
    name: 'Smart Retry',
    version: process.version,
    cpuSeconds: (user + system) / 1e6,
    wallSeconds,
    auc: areaUnderCurve(scores, test.labels),
    peakMiB: process.resourceUsage().maxRSS / 1024,
    idleMiB: idle / 2 ** 20,
  }),
);

function read(name) {
  const { buffer } = new Float32Array(new Uint8Array(readFileSync(`${folder}/${name}.values`)).buffer);
  const labels = new Uint8Array(readFileSync(`${folder}/${name}.labels`));
  return {
    values: Float64Array.from(new Float32Array(buffer)),
    width: COLUMNS,
    labels,
    weights: new Float64Array(labels.length).fill(1),
  };
}
