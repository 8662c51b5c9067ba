import type { ModelArtifact } from './artifact.js';
import { calibrate } from './calibration.js';
import { Encoder } from './encoder.js';
import { predictorOf } from './predictor-of.js';
import type { Contribution, Explanation, ScoringModel } from './scoring-model.js';

/** Makes what scores and explains of an artifact's parts, unchecked. */
export function assembleModel({
  schema,
  body,
  calibration,
}: Pick<ModelArtifact, 'schema' | 'body' | 'calibration'>): Pick<ScoringModel, 'scoreDelays' | 'explain'> {
  const predictor = predictorOf(new Encoder(schema), body);
  const logit = new Float64Array(1);
  return {
    scoreDelays(context, delaysMs, out) {
      predictor.logits(context, delaysMs, out);
      for (let i = 0; i < delaysMs.length; i++) out[i] = calibrate(calibration, out[i] ?? Number.NaN);
    },
    explain(context, delayMs): Explanation {
      predictor.logits(context, [delayMs], logit);
      const { baseLogit, terms } = predictor.contributions(context, delayMs);
      const total = logit[0] ?? Number.NaN;
      return { baseLogit, contributions: byFeature(terms), logit: total, probability: calibrate(calibration, total) };
    },
  };
}

function byFeature(terms: readonly Contribution[]): readonly Contribution[] {
  const sums = new Map<string, number>();
  for (const { feature, logit } of terms) sums.set(feature, (sums.get(feature) ?? 0) + logit);
  return [...sums]
    .map(([feature, logit]) => ({ feature, logit }))
    .sort((a, b) => Math.abs(b.logit) - Math.abs(a.logit) || (a.feature < b.feature ? -1 : 1));
}
