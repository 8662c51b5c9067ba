import type { TreeBody } from './tree-body.js';

/** The trees of a `TreeBody` as typed arrays, and how they are walked. */
export class FlatTrees {
  readonly baseLogit: number;
  readonly roots: Int32Array;
  readonly columns: Int32Array;
  readonly thresholds: Float64Array;
  readonly lefts: Int32Array;
  readonly rights: Int32Array;
  readonly missingLefts: Uint8Array;
  readonly values: Float64Array;
  readonly covers: Float64Array;

  constructor(body: TreeBody) {
    this.baseLogit = body.baseLogit;
    this.roots = Int32Array.from(body.roots);
    this.columns = Int32Array.from(body.columns);
    this.thresholds = Float64Array.from(body.thresholds);
    this.lefts = Int32Array.from(body.lefts);
    this.rights = Int32Array.from(body.rights);
    this.missingLefts = Uint8Array.from(body.missingLefts);
    this.values = Float64Array.from(body.values);
    this.covers = Float64Array.from(body.covers);
  }

  /** The child of inner node `node` that `value` goes to. */
  childOf(node: number, value: number): number {
    const left = value <= (this.thresholds[node] as number) || (value !== value && this.missingLefts[node] === 1);
    return (left ? this.lefts[node] : this.rights[node]) as number;
  }

  /** The logit of one encoded row, which starts at index `at`. */
  logitOf(rows: Float64Array, at: number): number {
    let logit = this.baseLogit;
    for (let tree = 0; tree < this.roots.length; tree++) {
      let node = this.roots[tree] as number;
      for (let column = this.columns[node] as number; column >= 0; column = this.columns[node] as number) {
        node = this.childOf(node, rows[at + column] as number);
      }
      logit += this.values[node] as number;
    }
    return logit;
  }
}
