/**
 * Boosted trees, as an artifact stores them: the nodes of all trees in one sequence. Node i is a leaf when `columns[i]` is
 * −1; otherwise rows with `value ≤ thresholds[i]` go to `lefts[i]`, others to `rights[i]`, missing ones as
 * `missingLefts[i]` says. The logit is `baseLogit` plus the sum of the reached leaves' `values`.
 */
export interface TreeBody {
  readonly baseLogit: number;
  /** The index of each tree's first node. */
  readonly roots: readonly number[];
  readonly columns: readonly number[];
  readonly thresholds: readonly number[];
  readonly lefts: readonly number[];
  readonly rights: readonly number[];
  readonly missingLefts: readonly (0 | 1)[];
  /** Logits; 0 in inner nodes. */
  readonly values: readonly number[];
  /** Training weight that passed through each node: what contributions are weighed by. */
  readonly covers: readonly number[];
}
