import { Encoder, FlatTrees, type Contribution, type ModelContext, type ScoringModel } from '@smart-retry/ml';

/** What each feature did to the prediction for one delay, in logits, strongest first. */
export type ExplainDelay = (context: ModelContext, delayMs: number) => readonly Contribution[];

/**
 * Explains fast enough for every answer. A logistic regression says so exactly; of trees, Shapley values take a thousand
 * times as long as a prediction, so that a feature is given what the expectation changes by where a path looks at it. Both
 * add up to the logit less its expectation.
 *
 * @see Saabas, "Interpreting random forests" (2014)
 */
export function createExplainer({ artifact, explain }: Pick<ScoringModel, 'artifact' | 'explain'>): ExplainDelay {
  const { body, schema } = artifact;
  if (body.kind === 'logistic') return (context, delayMs) => explain(context, delayMs).contributions;
  const trees = new FlatTrees(body);
  const expected = expectations(trees);
  const encoder = new Encoder(schema);
  const row = new Float64Array(encoder.width);
  return (context, delayMs) => {
    encoder.encodeContext(context, row);
    encoder.encodeDelay(delayMs, row);
    const byFeature = new Map<string, number>();
    const logits = contributionsOfColumns(trees, expected, row);
    encoder.columns.forEach(({ feature }, i) => {
      byFeature.set(feature, (byFeature.get(feature) ?? 0) + (logits[i] ?? 0));
    });
    return [...byFeature]
      .map(([feature, logit]) => ({ feature, logit }))
      .sort((a, b) => Math.abs(b.logit) - Math.abs(a.logit));
  };
}

/** The mean of the leaves below each node, weighed by training weight. Children come after their parent. */
function expectations({ columns, lefts, rights, covers, values }: FlatTrees): Float64Array {
  const expected = Float64Array.from(values);
  for (let node = columns.length - 1; node >= 0; node--) {
    if ((columns[node] ?? -1) < 0) continue;
    const [left, right] = [lefts[node] ?? 0, rights[node] ?? 0];
    const [leftCover, rightCover] = [covers[left] ?? 0, covers[right] ?? 0];
    const cover = leftCover + rightCover;
    const share = cover > 0 ? leftCover / cover : 0.5;
    expected[node] = share * (expected[left] ?? 0) + (1 - share) * (expected[right] ?? 0);
  }
  return expected;
}

function contributionsOfColumns(trees: FlatTrees, expected: Float64Array, row: Float64Array): Float64Array {
  const logits = new Float64Array(row.length);
  for (const root of trees.roots) {
    let node = root;
    for (let column = trees.columns[node] ?? -1; column >= 0; column = trees.columns[node] ?? -1) {
      const child = trees.childOf(node, row[column] ?? Number.NaN);
      logits[column] = (logits[column] ?? 0) + (expected[child] ?? 0) - (expected[node] ?? 0);
      node = child;
    }
  }
  return logits;
}
