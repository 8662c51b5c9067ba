import { describe, expect, it } from '@jest/globals';
import { createRng } from '@smart-retry/domain';
import { FlatTrees } from '@smart-retry/ml';
import { binMatrix } from './binned.js';
import { isWide, learnEdges } from './edges.js';
import { fitTrees, type BoostingSettings, type LabelledMatrix } from './fit-trees.js';
import { TreeBuilder } from './tree-builder.js';

const IDS = 400;
const WIDTH = 6;
/** The wide column lies among narrow ones. */
const ID = 2;

const SETTINGS: BoostingSettings = {
  maxLeaves: 31,
  regularization: 1,
  minChildWeight: 0,
  minChildRows: 1,
  learningRate: 0.3,
  maxRounds: 60,
  earlyStoppingRounds: 5,
  rowShare: 1,
  columnShare: 1,
  seed: 1,
  monotone: new Int8Array(WIDTH),
};
const grow = async (train: LabelledMatrix, changed: Partial<BoostingSettings> = {}, heldOut?: LabelledMatrix) =>
  fitTrees(train, heldOut, { ...SETTINGS, ...changed }, async () => undefined);

/** Some columns of noise and one of ids, a tenth missing, that decides by itself. */
function drawMatrix(rows: number, logitOf: (id: number) => number, seed = 1): LabelledMatrix {
  const rng = createRng([seed, 5, 6, 7]);
  const draw = (i: number) => Math.floor(rng() * (i % WIDTH === ID ? IDS : 40));
  const values = Float64Array.from({ length: rows * WIDTH }, (_, i) => (rng() < 0.1 ? Number.NaN : draw(i)));
  const labels = Uint8Array.from({ length: rows }, (_, i) =>
    rng() < 1 / (1 + Math.exp(-logitOf(values[i * WIDTH + ID] ?? 0))) ? 1 : 0,
  );
  return { values, width: WIDTH, labels, weights: new Float64Array(rows).fill(1) };
}

/** Neighbours have nothing in common. */
const isGood = (id: number) => Math.sin(id * id) > 0;
const byId = (id: number) => (Number.isNaN(id) ? 0 : isGood(id) ? 3 : -3);
const scoresOf = (body: Awaited<ReturnType<typeof grow>>['body'], { values, labels }: LabelledMatrix) => {
  const trees = new FlatTrees(body);
  return Float64Array.from(labels, (_, i) => trees.logitOf(values, i * WIDTH));
};

describe('a column of more than 255 values that repeat', () => {
  it('tells each value from its neighbours', async () => {
    const [train, test] = [drawMatrix(12_000, byId), drawMatrix(2_000, byId, 2)];
    const { body } = await grow(train);
    const known = scoresOf(body, test).filter((_, i) => !Number.isNaN(test.values[i * WIDTH + ID]));
    const ids = test.values.filter((id, i) => i % WIDTH === ID && !Number.isNaN(id));
    const right = known.filter((score, i) => score > 0 === isGood(ids[i] ?? 0));
    expect(right.length / known.length).toBeGreaterThan(0.95);
  });

  it('is divided exactly between two values, missing ones on the side that they are like', async () => {
    for (const threshold of [51, 101, 150, 222, 301]) {
      for (const missing of [-9, 9]) {
        const train = drawMatrix(4_000, (id) => (Number.isNaN(id) ? missing : id <= threshold ? -9 : 9));
        const { body } = await grow(train, { maxLeaves: 2, maxRounds: 1 });
        const trees = new FlatTrees(body);
        const [low, high, none] = [threshold, threshold + 1, Number.NaN].map((id) => trees.childOf(0, id));
        expect([body.columns[0], low, high]).toEqual([ID, body.lefts[0], body.rights[0]]);
        expect(none).toBe(missing < 0 ? low : high);
      }
    }
  });

  it('is scored by its bins as by its values, among rows that were not binned with it, too', async () => {
    const [train, other] = [drawMatrix(6_000, byId), drawMatrix(1_000, byId, 2)];
    for (let i = ID; i < 100 * WIDTH; i += WIDTH) other.values[i] = (other.values[i] ?? 0) * 1.37 - 50;
    const edges = learnEdges(train.values, WIDTH);
    expect(edges.map(isWide)).toEqual(Array.from({ length: WIDTH }, (_, column) => column === ID));
    const { body } = await grow(train, { maxRounds: 1 });
    const builder = builderOf(body, edges);
    for (const matrix of [train, other]) {
      const scores = new Float64Array(matrix.labels.length).fill(body.baseLogit);
      builder.addScores(0, binMatrix(matrix.values, edges), scores);
      expect(scores).toEqual(scoresOf(body, matrix));
    }
  });

  it('stops where held-out rows no longer gain, and samples rows by the seed', async () => {
    const [train, heldOut] = [drawMatrix(6_000, byId), drawMatrix(2_000, byId, 2)];
    const sampled = async () => grow(train, { rowShare: 0.5, maxRounds: 300 }, heldOut);
    const { body, rounds } = await sampled();
    expect(rounds).toBeGreaterThan(5);
    expect(rounds).toBeLessThan(300);
    expect(await sampled()).toEqual({ body, rounds });
  });

  it('keeps a monotone constraint along all its values; without it, the logit falls', async () => {
    const train = drawMatrix(6_000, (id) => (Number.isNaN(id) ? 0 : id / 300 + Math.sin(id)));
    const isRising = async (direction: number) => {
      const monotone = Int8Array.from({ length: WIDTH }, (_, column) => (column === ID ? direction : 0));
      const trees = new FlatTrees((await grow(train, { monotone, maxRounds: 20 })).body);
      const logits = Array.from({ length: IDS }, (_, id) => trees.logitOf(Float64Array.of(3, 3, id, 3, 3, 3), 0));
      return logits.every((logit, id) => id === 0 || logit >= (logits[id - 1] ?? 0) - 1e-12);
    };
    expect(await isRising(1)).toBe(true);
    expect(await isRising(0)).toBe(false);
  });
});

/** The builder that has the one tree of a body, as it was when that had grown. */
function builderOf(
  { baseLogit, columns, thresholds, lefts, rights, missingLefts, values, covers }: Parameters<typeof scoresOf>[0],
  edges: ReturnType<typeof learnEdges>,
): TreeBuilder {
  const builder = new TreeBuilder(baseLogit);
  builder.startTree(covers[0] ?? 0);
  for (const cover of covers.slice(1)) builder.addNode(cover);
  columns.forEach((column, node) => {
    const threshold = thresholds[node] ?? 0;
    const [left, right] = [lefts[node] ?? 0, rights[node] ?? 0];
    builder.setLeaf(node, values[node] ?? 0);
    if (column === -1) return;
    // An edge not found is below every value, where only missing ones go left: bin 0.
    const bin = (edges[column]?.indexOf(threshold) ?? -1) + 1;
    builder.setSplit(node, { column, bin, threshold, missingLeft: missingLefts[node] === 1, left, right });
  });
  return builder;
}
