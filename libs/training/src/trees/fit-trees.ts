import { logitOf, type TreeBody } from '@smart-retry/ml';
import { permutation, rngFor } from '../seeded.js';
import { binMatrix, type Binned } from './binned.js';
import { isWide, learnEdges, type Edges } from './edges.js';
import type { Growth } from './growth.js';
import { TreeGrower } from './grow-tree.js';
import { Histograms } from './histograms.js';
import { TreeBuilder } from './tree-builder.js';
import { TreeMemory } from './tree-memory.js';

export interface BoostingSettings extends Growth {
  readonly maxRounds: number;
  /** Rounds without gain on the held-out rows after which nothing more grows. */
  readonly earlyStoppingRounds: number;
  readonly rowShare: number;
  readonly columnShare: number;
  readonly seed: number;
  /**
   * Columns that hold what other rows' outcomes say, one value of a category as several numbers: more bins than usual
   * would tell apart which rows were left out, and with that a row's own outcome.
   */
  readonly estimates?: ReadonlySet<number>;
}

/** Rows, row by row; `values` has shape [rows, width], NaN is missing. */
export interface LabelledMatrix {
  readonly values: Float64Array;
  readonly width: number;
  /** 1: success. */
  readonly labels: Uint8Array;
  readonly weights: Float64Array;
}

export interface Boosted {
  readonly body: TreeBody;
  readonly rounds: number;
}

/** Gradient boosting of logistic loss; with held-out rows it keeps as many trees as were best for them. Deterministic. */
export async function fitTrees(
  train: LabelledMatrix,
  heldOut: LabelledMatrix | undefined,
  settings: BoostingSettings,
  betweenRounds: (share: number) => Promise<void>,
): Promise<Boosted> {
  const edges = learnEdges(train.values, train.width, settings.estimates);
  const memory = memoryFor(edges, train.labels.length, settings);
  const data = binMatrix(train.values, edges, memory);
  const builder = new TreeBuilder(logitOf(weightedRate(train)));
  const grower = new TreeGrower(data, settings, builder, memory);
  const scores = new Float64Array(data.rows).fill(logitOf(weightedRate(train)));
  const slopes = memory.floats(2 * data.rows);
  const order = memory.words(data.rows);
  const judge = heldOut === undefined ? undefined : new HeldOutLoss(heldOut, data, scores[0] ?? 0);
  for (let round = 0; round < settings.maxRounds; round++) {
    await betweenRounds(round / settings.maxRounds);
    writeSlopes(train, scores, slopes);
    const count = sampleRows(order, settings, round);
    const columns = sampleColumns(train.width, settings, round);
    const before = count < data.rows ? scores.slice() : scores;
    const rows = { order, count, slopes, weights: train.weights };
    const root = grower.grow(rows, columns, scores);
    if (count < data.rows) {
      scores.set(before);
      builder.addScores(root, data, scores);
    }
    if (judge !== undefined && judge.roundsSinceBest(builder, root) >= settings.earlyStoppingRounds) break;
  }
  const rounds = judge?.bestRounds ?? builder.trees;
  return { body: builder.body(rounds), rounds };
}

/** Bins by column, slopes, two orders of rows, and histograms: one for each leaf that is open, and one more. */
function memoryFor(edges: readonly Edges[], rows: number, { maxLeaves }: BoostingSettings): TreeMemory {
  const histograms = Histograms.sizeOf(edges, rows, maxLeaves + 1);
  const bytesOfARow = edges.reduce((sum, each) => sum + (isWide(each) ? 2 : 1), 2 * 4 + 2 * 4);
  return new TreeMemory({
    bytes: rows * bytesOfARow + histograms.bytes,
    allocations: edges.length + 3 + histograms.allocations,
  });
}

class HeldOutLoss {
  readonly #matrix: LabelledMatrix;
  readonly #binned: Binned;
  readonly #scores: Float64Array;
  #least: number;
  bestRounds = 0;

  constructor(matrix: LabelledMatrix, { edges }: Binned, baseLogit: number) {
    this.#matrix = matrix;
    this.#binned = binMatrix(matrix.values, edges);
    this.#scores = new Float64Array(matrix.labels.length).fill(baseLogit);
    this.#least = this.#loss();
  }

  roundsSinceBest(builder: TreeBuilder, root: number): number {
    builder.addScores(root, this.#binned, this.#scores);
    const loss = this.#loss();
    if (loss < this.#least) {
      this.#least = loss;
      this.bestRounds = builder.trees;
    }
    return builder.trees - this.bestRounds;
  }

  #loss(): number {
    const { labels, weights } = this.#matrix;
    return this.#scores.reduce((sum, score, i) => {
      const z = labels[i] === 1 ? score : -score;
      return sum + (weights[i] as number) * (z > 0 ? Math.log1p(Math.exp(-z)) : Math.log1p(Math.exp(z)) - z);
    }, 0);
  }
}

function weightedRate({ labels, weights }: LabelledMatrix): number {
  let [successes, total] = [0, 0];
  for (let i = 0; i < labels.length; i++) {
    total += weights[i] as number;
    successes += (labels[i] as number) * (weights[i] as number);
  }
  return successes / total;
}

/** First and second derivative of the loss by each row's logit. */
function writeSlopes({ labels, weights }: LabelledMatrix, scores: Float64Array, slopes: Float32Array): void {
  for (let i = 0; i < scores.length; i++) {
    const p = 1 / (1 + Math.exp(-(scores[i] as number)));
    const weight = weights[i] as number;
    slopes[2 * i] = weight * (p - (labels[i] as number));
    slopes[2 * i + 1] = weight * p * (1 - p);
  }
}

/** Writes the rows of a tree to the beginning of `order`, rising; answers how many there are. */
function sampleRows(order: Uint32Array, { rowShare, seed }: BoostingSettings, round: number): number {
  const rng = rngFor(seed, 'rows of a tree', round);
  let count = 0;
  for (let i = 0; i < order.length; i++) if (rowShare >= 1 || rng() < rowShare) order[count++] = i;
  return count;
}

function sampleColumns(width: number, { columnShare, seed }: BoostingSettings, round: number): Uint16Array {
  const count = Math.max(1, Math.round(width * columnShare));
  const order = permutation(width, rngFor(seed, 'columns of a tree', round));
  return Uint16Array.from(order.subarray(0, count)).sort();
}
