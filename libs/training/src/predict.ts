import { Encoder, predictorOf, type FeatureSchema, type ModelBody } from '@smart-retry/ml';
import type { TrainingRow } from './training-row.js';

/** The logits of rows for the delays that were waited, by the code that serves. */
export function logitsOf(schema: FeatureSchema, body: ModelBody, rows: readonly TrainingRow[]): Float64Array {
  const predictor = predictorOf(new Encoder(schema), body);
  const logits = new Float64Array(rows.length);
  const one = new Float64Array(1);
  rows.forEach(({ context, delayMs }, i) => {
    predictor.logits(context, [delayMs], one);
    logits[i] = one[0] as number;
  });
  return logits;
}
