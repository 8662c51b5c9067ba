import { describe, expect, it } from '@jest/globals';
import { createRng } from '@smart-retry/domain';
import { FlatTrees } from '@smart-retry/ml';
import { fitTrees, type BoostingSettings, type LabelledMatrix } from './fit-trees.js';
import { bestExactSplit } from './testing/exact-split.js';

const SETTINGS: BoostingSettings = {
  maxLeaves: 8,
  regularization: 1,
  minChildWeight: 0,
  minChildRows: 1,
  learningRate: 0.3,
  maxRounds: 20,
  earlyStoppingRounds: 5,
  rowShare: 1,
  columnShare: 1,
  seed: 1,
  monotone: new Int8Array(3),
};
const settings = (changed: Partial<BoostingSettings>) => ({ ...SETTINGS, ...changed });
const grow = async (train: LabelledMatrix, changed: Partial<BoostingSettings> = {}, heldOut?: LabelledMatrix) =>
  fitTrees(train, heldOut, settings(changed), async () => undefined);

/** Three columns, a tenth missing; the outcome rises and falls with the first, and depends on whether the second is missing. */
function drawMatrix(rows: number, seed = 1): LabelledMatrix {
  const rng = createRng([seed, 5, 6, 7]);
  const values = Float64Array.from({ length: rows * 3 }, () => (rng() < 0.1 ? Number.NaN : Math.round(rng() * 40)));
  const labels = Uint8Array.from({ length: rows }, (_, i) => {
    const [first = 0, second = 0] = [values[i * 3], values[i * 3 + 1]];
    const logit = (Number.isNaN(second) ? 2 : -0.5) + Math.sin((Number.isNaN(first) ? 0 : first) / 6);
    return rng() < 1 / (1 + Math.exp(-logit)) ? 1 : 0;
  });
  return { values, width: 3, labels, weights: new Float64Array(rows).fill(1) };
}

describe('fitTrees', () => {
  it('makes the split that trying every value of every column finds best', async () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const matrix = drawMatrix(150, seed);
      const { body } = await grow(matrix, { maxLeaves: 2, maxRounds: 1 });
      const exact = bestExactSplit(matrix, SETTINGS.regularization);
      const trees = new FlatTrees(body);
      const goesLeft = matrix.labels.map((_, i) => {
        const value = matrix.values[i * 3 + (body.columns[0] ?? 0)] ?? 0;
        return trees.childOf(0, value) === body.lefts[0] ? 1 : 0;
      });
      expect(exact.gainOf(goesLeft)).toBeCloseTo(exact.gain, 4);
    }
  });

  it('gives each leaf −Σg / (Σh + λ) of its rows, times the learning rate', async () => {
    const matrix = drawMatrix(400);
    const { body } = await grow(matrix, { maxLeaves: 5, maxRounds: 1 });
    const trees = new FlatTrees(body);
    const p = 1 / (1 + Math.exp(-body.baseLogit));
    const sums = new Map<number, { g: number; h: number }>();
    matrix.labels.forEach((label, i) => {
      const leaf = trees.logitOf(matrix.values, i * 3);
      const { g, h } = sums.get(leaf) ?? { g: 0, h: 0 };
      sums.set(leaf, { g: g + p - label, h: h + p * (1 - p) });
    });
    expect(sums.size).toBe(5);
    for (const [logit, { g, h }] of sums) expect(logit).toBeCloseTo(body.baseLogit - (0.3 * g) / (h + 1), 5);
  });

  it('learns more than the share of successes, and what missing values mean', async () => {
    const [train, test] = [drawMatrix(3_000, 1), drawMatrix(1_000, 2)];
    const { body } = await grow(train);
    expect(lossOf(body, test)).toBeLessThan(lossOf({ ...body, roots: [] }, test) - 0.05);
  });

  it('stops when held-out rows no longer gain, and keeps the trees up to the best', async () => {
    const [train, heldOut] = [drawMatrix(300, 1), drawMatrix(300, 2)];
    const { body, rounds } = await grow(train, { maxRounds: 300, learningRate: 0.5 }, heldOut);
    const all = await grow(train, { maxRounds: 300, learningRate: 0.5 });
    expect(rounds).toBeLessThan(100);
    expect(body.roots).toHaveLength(rounds);
    expect(lossOf(body, heldOut)).toBeLessThan(lossOf(all.body, heldOut));
  });

  it('a monotone constraint keeps the logit from falling along the column; without it, it falls', async () => {
    const train = drawMatrix(2_000);
    const isRising = (body: Awaited<ReturnType<typeof grow>>['body']) => {
      const trees = new FlatTrees(body);
      return [5, 20, Number.NaN].every((other) => {
        const logits = Array.from({ length: 41 }, (_, x) => trees.logitOf(Float64Array.of(x, other, 3), 0));
        return logits.every((logit, x) => x === 0 || logit >= (logits[x - 1] ?? 0) - 1e-12);
      });
    };
    expect(isRising((await grow(train, { monotone: Int8Array.of(1, 0, 0) })).body)).toBe(true);
    expect(isRising((await grow(train)).body)).toBe(false);
    const falling = (await grow(train, { monotone: Int8Array.of(-1, 0, 0) })).body;
    expect(isRising({ ...falling, baseLogit: -falling.baseLogit, values: falling.values.map((value) => -value) })).toBe(
      true,
    );
  });

  it('a row of weight two counts as two rows', async () => {
    const once = drawMatrix(200);
    const twice = {
      width: 3,
      values: Float64Array.of(...once.values, ...once.values),
      labels: Uint8Array.of(...once.labels, ...once.labels),
      weights: new Float64Array(400).fill(1),
    };
    const weighed = await grow({ ...once, weights: new Float64Array(200).fill(2) }, { maxRounds: 3 });
    const doubled = await grow(twice, { maxRounds: 3 });
    expect(weighed.body.thresholds).toEqual(doubled.body.thresholds);
    weighed.body.values.forEach((value, i) => {
      expect(value).toBeCloseTo(doubled.body.values[i] ?? 0, 5);
    });
  });

  it('samples rows and columns by the seed: the same seed the same trees, another one others', async () => {
    const train = drawMatrix(500);
    const sampled = (seed: number) => grow(train, { rowShare: 0.5, columnShare: 0.7, seed });
    expect(await sampled(1)).toEqual(await sampled(1));
    expect(await sampled(2)).not.toEqual(await sampled(1));
  });
});

function lossOf(body: ConstructorParameters<typeof FlatTrees>[0], { values, width, labels }: LabelledMatrix): number {
  const trees = new FlatTrees(body);
  return (
    labels.reduce((sum, label, i) => {
      const logit = trees.logitOf(values, i * width);
      return sum + Math.log1p(Math.exp(label === 1 ? -logit : logit));
    }, 0) / labels.length
  );
}
