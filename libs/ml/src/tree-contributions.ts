import type { FlatTrees } from './flat-trees.js';

/** One split on the way down, by the column that it looked at. */
interface PathStep {
  readonly column: number;
  /** Share of training weight that follows this way when the column is not known. */
  zero: number;
  /** 1 if the row follows this way, else 0. */
  readonly one: number;
  /** Weight of the subsets of the path's columns, by their size. */
  weight: number;
}

/**
 * Exact SHAP values of a row (`row`, shape [columns]) in the trees, path-dependent: `baseLogit + Σ logits` is the row's
 * logit. `baseLogit` is the expectation over the training rows.
 *
 * @see Lundberg, Erion, Lee, "Consistent individualized feature attribution for tree ensembles" (2018), algorithm 2
 */
export function treeContributions(
  trees: FlatTrees,
  row: Float64Array,
): { readonly baseLogit: number; readonly logits: Float64Array } {
  const logits = new Float64Array(row.length);
  let baseLogit = trees.baseLogit;
  for (const root of trees.roots) {
    baseLogit += expectedValue(trees, root);
    descend(trees, row, logits, root, [], 1, 1, -1);
  }
  return { baseLogit, logits };
}

/** The mean of a subtree's leaves, weighed by training weight. */
function expectedValue(trees: FlatTrees, node: number): number {
  if ((trees.columns[node] ?? -1) < 0) return trees.values[node] ?? 0;
  const left = trees.lefts[node] ?? 0;
  const right = trees.rights[node] ?? 0;
  const share = (trees.covers[left] ?? 0) / (trees.covers[node] ?? 1);
  return share * expectedValue(trees, left) + (1 - share) * expectedValue(trees, right);
}

function descend(
  trees: FlatTrees,
  row: Float64Array,
  logits: Float64Array,
  node: number,
  parentPath: readonly PathStep[],
  zero: number,
  one: number,
  column: number,
): void {
  const path = extend(parentPath, zero, one, column);
  const split = trees.columns[node] ?? -1;
  if (split < 0) {
    for (let i = 1; i < path.length; i++) {
      const step = path[i] as PathStep;
      const weight = unwind(path, i).reduce((sum, { weight: w }) => sum + w, 0);
      logits[step.column] = (logits[step.column] ?? 0) + weight * (step.one - step.zero) * (trees.values[node] ?? 0);
    }
    return;
  }
  const hot = trees.childOf(node, row[split] ?? Number.NaN);
  const cold = hot === trees.lefts[node] ? (trees.rights[node] ?? 0) : (trees.lefts[node] ?? 0);
  const earlier = path.findIndex((step, i) => i > 0 && step.column === split);
  const before = path[earlier];
  const rest = before === undefined ? path : unwind(path, earlier);
  const cover = trees.covers[node] ?? 1;
  const seenZero = before?.zero ?? 1;
  const hotShare = ((trees.covers[hot] ?? 0) / cover) * seenZero;
  const coldShare = ((trees.covers[cold] ?? 0) / cover) * seenZero;
  descend(trees, row, logits, hot, rest, hotShare, before?.one ?? 1, split);
  descend(trees, row, logits, cold, rest, coldShare, 0, split);
}

function extend(parentPath: readonly PathStep[], zero: number, one: number, column: number): PathStep[] {
  const path = parentPath.map((step) => ({ ...step }));
  const length = path.length;
  path.push({ column, zero, one, weight: length === 0 ? 1 : 0 });
  for (let i = length - 1; i >= 0; i--) {
    const step = path[i] as PathStep;
    const next = path[i + 1] as PathStep;
    next.weight += (one * step.weight * (i + 1)) / (length + 1);
    step.weight = (zero * step.weight * (length - i)) / (length + 1);
  }
  return path;
}

/** The path as it would be without its step `index`. */
function unwind(path: readonly PathStep[], index: number): PathStep[] {
  const last = path.length - 1;
  const { zero, one } = path[index] as PathStep;
  const weights = path.map(({ weight }) => weight);
  let next = weights[last] as number;
  for (let i = last - 1; i >= 0; i--) {
    if (one !== 0) {
      const kept = weights[i] as number;
      weights[i] = (next * (last + 1)) / ((i + 1) * one);
      next = kept - ((weights[i] as number) * zero * (last - i)) / (last + 1);
    } else {
      weights[i] = ((weights[i] as number) * (last + 1)) / (zero * (last - i));
    }
  }
  return path.filter((_, i) => i !== index).map((step, i) => ({ ...step, weight: weights[i] as number }));
}
