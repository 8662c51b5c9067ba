import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FlatTrees } from './flat-trees.js';
import type { TreeBody } from './tree-body.js';
import { treeContributions } from './tree-contributions.js';

const COLUMNS = 4;

interface Shape {
  readonly column: number;
  readonly threshold: number;
  readonly missingLeft: boolean;
  readonly left: Shape | number;
  readonly right: Shape | number;
}

const leaf = fc.double({ min: -2, max: 2, noNaN: true });
const shapes = (depth: number): fc.Arbitrary<Shape | number> =>
  depth === 0
    ? leaf
    : fc.oneof(
        leaf,
        fc.record({
          column: fc.nat(COLUMNS - 1),
          threshold: fc.double({ min: -1, max: 1, noNaN: true }),
          missingLeft: fc.boolean(),
          left: shapes(depth - 1),
          right: shapes(depth - 1),
        }),
      );
const rows = fc.array(fc.oneof(fc.double({ min: -1.5, max: 1.5, noNaN: true }), fc.constant(Number.NaN)), {
  minLength: COLUMNS,
  maxLength: COLUMNS,
});

/** Lays out trees as an artifact does; covers are whole numbers that add up. */
function layOut(trees: readonly (Shape | number)[]): TreeBody {
  const body = {
    baseLogit: 0.25,
    roots: [] as number[],
    columns: [] as number[],
    thresholds: [] as number[],
    lefts: [] as number[],
    rights: [] as number[],
    missingLefts: [] as (0 | 1)[],
    values: [] as number[],
    covers: [] as number[],
  };
  const add = (shape: Shape | number): number => {
    const node = body.columns.length;
    const isLeaf = typeof shape === 'number';
    body.columns.push(isLeaf ? -1 : shape.column);
    body.thresholds.push(isLeaf ? 0 : shape.threshold);
    body.missingLefts.push(!isLeaf && shape.missingLeft ? 1 : 0);
    body.values.push(isLeaf ? shape : 0);
    body.lefts.push(0);
    body.rights.push(0);
    body.covers.push(1 + (node % 3));
    if (!isLeaf) {
      const left = add(shape.left);
      const right = add(shape.right);
      body.lefts[node] = left;
      body.rights[node] = right;
      body.covers[node] = (body.covers[left] ?? 0) + (body.covers[right] ?? 0);
    }
    return node;
  };
  for (const tree of trees) body.roots.push(add(tree));
  return body;
}

/** What is expected of a tree when only the columns in `known` are known: both ways, weighed by cover, at the others. */
function expectation(trees: FlatTrees, node: number, row: Float64Array, known: ReadonlySet<number>): number {
  const column = trees.columns[node] ?? -1;
  if (column < 0) return trees.values[node] ?? 0;
  if (known.has(column)) return expectation(trees, trees.childOf(node, row[column] ?? Number.NaN), row, known);
  const [left, right] = [trees.lefts[node] ?? 0, trees.rights[node] ?? 0];
  const share = (trees.covers[left] ?? 0) / (trees.covers[node] ?? 1);
  return share * expectation(trees, left, row, known) + (1 - share) * expectation(trees, right, row, known);
}

/** Shapley's formula over all subsets. */
function shapleyValue(trees: FlatTrees, row: Float64Array, column: number): number {
  const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));
  const others = Array.from({ length: COLUMNS }, (_, i) => i).filter((i) => i !== column);
  let sum = 0;
  for (let subset = 0; subset < 2 ** others.length; subset++) {
    const known = new Set(others.filter((_, i) => ((subset >> i) & 1) === 1));
    const weight = (factorial(known.size) * factorial(COLUMNS - known.size - 1)) / factorial(COLUMNS);
    for (const root of trees.roots) {
      const without = expectation(trees, root, row, known);
      const withColumn = expectation(trees, root, row, new Set([...known, column]));
      sum += weight * (withColumn - without);
    }
  }
  return sum;
}

describe('treeContributions', () => {
  it('are the Shapley values that brute force finds, and sum to the logit', () => {
    fc.assert(
      fc.property(fc.array(shapes(4), { minLength: 1, maxLength: 3 }), rows, (drawn, values) => {
        const trees = new FlatTrees(layOut(drawn));
        const row = Float64Array.from(values);
        const { baseLogit, logits } = treeContributions(trees, row);
        for (let column = 0; column < COLUMNS; column++)
          expect(logits[column]).toBeCloseTo(shapleyValue(trees, row, column), 9);
        expect(logits.reduce((sum, logit) => sum + logit, baseLogit)).toBeCloseTo(trees.logitOf(row, 0), 9);
      }),
      { numRuns: 60 },
    );
  });
});
