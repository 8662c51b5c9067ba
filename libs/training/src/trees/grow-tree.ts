import type { Binned, BinnedColumn } from './binned.js';
import { findSplit } from './find-split.js';
import { leafValue, type Growth, type Leaf, type Split } from './growth.js';
import { Histograms, subtract, type Histogram } from './histograms.js';
import type { SlopedRows, TreeMemory } from './tree-memory.js';
import type { TreeBuilder } from './tree-builder.js';

interface OpenLeaf extends Leaf {
  readonly histogram: Histogram;
  readonly split: Split | undefined;
}

/** The rows of one tree, and what each asks for. */
export interface TreeRows extends SlopedRows {
  /** Indices of rows; reordered while the tree grows, so that each leaf's rows are neighbours. */
  readonly order: Uint32Array;
  readonly count: number;
  readonly weights: Float64Array;
}

/**
 * Grows trees leaf by leaf, the most worthwhile split first. Keeps its memory from tree to tree.
 *
 * @see Ke et al., "LightGBM: a highly efficient gradient boosting decision tree" (2017)
 */
export class TreeGrower {
  readonly #data: Binned;
  readonly #growth: Growth;
  readonly #builder: TreeBuilder;
  readonly #memory: TreeMemory;
  readonly #histograms: Histograms;
  readonly #spareRows: Uint32Array;

  /** Data and rows are of the memory given. */
  constructor(data: Binned, growth: Growth, builder: TreeBuilder, memory: TreeMemory) {
    this.#data = data;
    this.#growth = growth;
    this.#builder = builder;
    this.#memory = memory;
    this.#histograms = new Histograms(data, memory);
    this.#spareRows = memory.words(data.rows);
  }

  /** Adds one tree, and the values of its leaves to the scores of its rows. Answers its root. */
  grow(rows: TreeRows, columns: Uint16Array, scores: Float64Array): number {
    const root = this.#openRoot(rows, columns);
    const open: OpenLeaf[] = [root];
    while (open.length < this.#growth.maxLeaves) {
      const best = mostWorthwhile(open);
      if (best === -1) break;
      const [leaf] = open.splice(best, 1) as [OpenLeaf];
      open.push(...this.#divide(leaf, leaf.split as Split, rows, columns));
    }
    for (const leaf of open) this.#close(leaf, rows, scores);
    return root.node;
  }

  #openRoot(rows: TreeRows, columns: Uint16Array): OpenLeaf {
    const { order, count, slopes, weights } = rows;
    let [gradient, hessian, cover] = [0, 0, 0];
    for (let i = 0; i < count; i++) {
      const row = order[i] as number;
      gradient += slopes[2 * row] as number;
      hessian += slopes[2 * row + 1] as number;
      cover += weights[row] as number;
    }
    const node = this.#builder.startTree(cover);
    const leaf = { node, from: 0, to: count, gradient, hessian, lowest: -Infinity, highest: Infinity };
    return this.#opened(leaf, this.#histograms.of(rows, leaf.from, leaf.to), columns);
  }

  #opened(leaf: Leaf, histogram: Histogram, columns: Uint16Array): OpenLeaf {
    return { ...leaf, histogram, split: findSplit(histogram, columns, this.#histograms.stretches, leaf, this.#growth) };
  }

  #divide(leaf: OpenLeaf, split: Split, rows: TreeRows, columns: Uint16Array): [OpenLeaf, OpenLeaf] {
    const middle = this.#partition(leaf, split, rows);
    const [left, right] = this.#children(leaf, split, middle, rows);
    this.#builder.setSplit(leaf.node, {
      ...split,
      // Below every value where only missing ones go left; JSON has no −∞.
      threshold: this.#data.edges[split.column]?.[split.bin - 1] ?? -Number.MAX_VALUE,
      left: left.node,
      right: right.node,
    });
    const [smaller, larger] = left.to - left.from <= right.to - right.from ? [left, right] : [right, left];
    const smallerHistogram = this.#histograms.of(rows, smaller.from, smaller.to);
    subtract(leaf.histogram, smallerHistogram);
    return [this.#opened(smaller, smallerHistogram, columns), this.#opened(larger, leaf.histogram, columns)];
  }

  #children(leaf: OpenLeaf, split: Split, middle: number, rows: TreeRows): [Leaf, Leaf] {
    const { gradient, hessian, lowest, highest } = leaf;
    const sides = [
      { from: leaf.from, to: middle, gradient: split.leftGradient, hessian: split.leftHessian, lowest, highest },
      {
        from: middle,
        to: leaf.to,
        gradient: gradient - split.leftGradient,
        hessian: hessian - split.leftHessian,
        lowest,
        highest,
      },
    ] as const;
    const { regularization } = this.#growth;
    const between = (leafValue(sides[0], regularization) + leafValue(sides[1], regularization)) / 2;
    const direction = this.#growth.monotone[split.column] ?? 0;
    const [low, high] = [{ highest: between }, { lowest: between }];
    const limits = direction === 0 ? [{}, {}] : direction > 0 ? [low, high] : [high, low];
    const [left, right] = sides.map((side, i) => ({
      ...side,
      ...limits[i],
      node: this.#builder.addNode(coverOf(rows, side.from, side.to)),
    })) as [Leaf, Leaf];
    return [left, right];
  }

  /** Moves the rows that go left before those that go right; answers where the latter begin. */
  #partition({ from, to }: Leaf, { column, bin, missingLeft }: Split, { order }: TreeRows): number {
    // Bin 0, of missing values, becomes the last bin where they go right.
    const wrap = missingLeft ? 0 : 1;
    const bins = this.#data.columns[column] as BinnedColumn;
    return this.#memory.partition(bins, order, this.#spareRows, { from, to, wrap, last: bin - wrap });
  }

  #close(leaf: OpenLeaf, { order }: TreeRows, scores: Float64Array): void {
    const value = this.#growth.learningRate * leafValue(leaf, this.#growth.regularization);
    this.#builder.setLeaf(leaf.node, value);
    this.#histograms.giveBack(leaf.histogram);
    for (let i = leaf.from; i < leaf.to; i++) {
      const row = order[i] as number;
      scores[row] = (scores[row] as number) + value;
    }
  }
}

function mostWorthwhile(open: readonly OpenLeaf[]): number {
  let best = -1;
  open.forEach(({ split }, i) => {
    if (split !== undefined && (best === -1 || split.gain > ((open[best] as OpenLeaf).split as Split).gain)) best = i;
  });
  return best;
}

function coverOf({ order, weights }: TreeRows, from: number, to: number): number {
  let cover = 0;
  for (let i = from; i < to; i++) cover += weights[order[i] as number] as number;
  return cover;
}
