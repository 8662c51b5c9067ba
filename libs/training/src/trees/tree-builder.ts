import type { TreeBody } from '@smart-retry/ml';
import type { Binned, BinnedColumn } from './binned.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer V)[] ? V[] : T[K] };

/** Collects the nodes of trees as they grow. Children always come after their parent. */
export class TreeBuilder {
  readonly #body: Mutable<TreeBody>;
  /** By node: the last bin on the left. */
  readonly bins: number[] = [];

  constructor(baseLogit: number) {
    this.#body = {
      baseLogit,
      roots: [],
      columns: [],
      thresholds: [],
      lefts: [],
      rights: [],
      missingLefts: [],
      values: [],
      covers: [],
    };
  }

  get trees(): number {
    return this.#body.roots.length;
  }

  /** Adds a leaf without a value, and answers its node. */
  addNode(cover: number): number {
    const { columns, thresholds, lefts, rights, missingLefts, values, covers } = this.#body;
    columns.push(-1);
    thresholds.push(0);
    lefts.push(0);
    rights.push(0);
    missingLefts.push(0);
    values.push(0);
    this.bins.push(0);
    return covers.push(cover) - 1;
  }

  startTree(cover: number): number {
    const root = this.addNode(cover);
    this.#body.roots.push(root);
    return root;
  }

  setLeaf(node: number, value: number): void {
    this.#body.values[node] = value;
  }

  setSplit(
    node: number,
    split: { column: number; bin: number; threshold: number; missingLeft: boolean; left: number; right: number },
  ): void {
    this.#body.columns[node] = split.column;
    this.#body.thresholds[node] = split.threshold;
    this.#body.lefts[node] = split.left;
    this.#body.rights[node] = split.right;
    this.#body.missingLefts[node] = split.missingLeft ? 1 : 0;
    this.bins[node] = split.bin;
  }

  /** Adds the value of the leaf that each row reaches, from `root`, to its score. */
  addScores(root: number, { rows, columns: binned }: Binned, scores: Float64Array): void {
    const { columns, lefts, rights, missingLefts, values } = this.#body;
    for (let i = 0; i < rows; i++) {
      let node = root;
      for (let column = columns[node] as number; column >= 0; column = columns[node] as number) {
        const bin = (binned[column] as BinnedColumn)[i] as number;
        const left = bin === 0 ? missingLefts[node] === 1 : bin <= (this.bins[node] as number);
        node = (left ? lefts[node] : rights[node]) as number;
      }
      scores[i] = (scores[i] as number) + (values[node] as number);
    }
  }

  /** What has grown, of the first `trees` trees. */
  body(trees: number): TreeBody {
    const nodes = this.#body.roots[trees] ?? this.#body.columns.length;
    const { roots, columns, thresholds, lefts, rights, missingLefts, values, covers, baseLogit } = this.#body;
    return {
      baseLogit,
      roots: roots.slice(0, trees),
      columns: columns.slice(0, nodes),
      thresholds: thresholds.slice(0, nodes),
      lefts: lefts.slice(0, nodes),
      rights: rights.slice(0, nodes),
      missingLefts: missingLefts.slice(0, nodes),
      values: values.slice(0, nodes),
      covers: covers.slice(0, nodes),
    };
  }
}
