import type { Encoder } from './encoder.js';
import { FlatTrees } from './flat-trees.js';
import type { Predictor } from './predictor.js';
import type { TreeBody } from './tree-body.js';
import { treeContributions } from './tree-contributions.js';

/** Logits of boosted trees. What the delay does not decide is walked once for all delays of a context. */
export function treePredictor(encoder: Encoder, body: TreeBody): Predictor {
  const trees = new FlatTrees(body);
  const { width } = encoder;
  const dependsOnDelay = Uint8Array.from(encoder.columns, (column) => (column.dependsOnDelay ? 1 : 0));
  let rows = new Float64Array(8 * width);
  return {
    logits(context, delaysMs, out) {
      const delays = delaysMs.length;
      if (rows.length < delays * width) rows = new Float64Array(delays * width);
      encoder.encodeContext(context, rows);
      for (let i = 1; i < delays; i++) rows.copyWithin(i * width, 0, width);
      for (let i = 0; i < delays; i++) encoder.encodeDelay(delaysMs[i] ?? 0, rows, i * width);
      scoreRows(trees, dependsOnDelay, rows, width, delays, out);
    },
    contributions(context, delayMs) {
      encoder.encodeContext(context, rows);
      encoder.encodeDelay(delayMs, rows);
      const { baseLogit, logits } = treeContributions(trees, rows.subarray(0, width));
      return { baseLogit, terms: encoder.columns.map(({ feature }, i) => ({ feature, logit: logits[i] ?? 0 })) };
    },
  };
}

function scoreRows(
  trees: FlatTrees,
  dependsOnDelay: Uint8Array,
  rows: Float64Array,
  width: number,
  delays: number,
  out: Float64Array,
): void {
  const { roots, columns, values } = trees;
  for (let i = 0; i < delays; i++) out[i] = trees.baseLogit;
  for (let tree = 0; tree < roots.length; tree++) {
    let shared = roots[tree] as number;
    let column = columns[shared] as number;
    while (column >= 0 && dependsOnDelay[column] === 0) {
      shared = trees.childOf(shared, rows[column] as number);
      column = columns[shared] as number;
    }
    for (let i = 0; i < delays; i++) {
      let node = shared;
      for (let c = column; c >= 0; c = columns[node] as number)
        node = trees.childOf(node, rows[i * width + c] as number);
      out[i] = (out[i] as number) + (values[node] as number);
    }
  }
}
