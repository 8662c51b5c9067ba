import type { Encoder } from './encoder.js';
import type { LogisticBody } from './logistic-body.js';
import { LogisticDesign } from './logistic-design.js';
import type { Predictor } from './predictor.js';

/** Logits of a logistic regression: the context's part once, then a few multiplications for each delay. */
export function logisticPredictor(encoder: Encoder, { design: settings, intercept, weights }: LogisticBody): Predictor {
  const design = new LogisticDesign(encoder, settings);
  const weightArray = Float64Array.from(weights);
  const row = new Float64Array(encoder.width);
  const contextLogits = new Float64Array(3);
  const terms = new Float64Array(design.terms.length);
  return {
    logits(context, delaysMs, out) {
      encoder.encodeContext(context, row);
      design.contextLogits(context, row, weightArray, contextLogits);
      for (let i = 0; i < delaysMs.length; i++) {
        encoder.encodeDelay(delaysMs[i] ?? 0, row);
        out[i] = intercept + design.delayLogit(row, weightArray, contextLogits);
      }
    },
    contributions(context, delayMs) {
      encoder.encodeContext(context, row);
      encoder.encodeDelay(delayMs, row);
      design.write(context, row, 0, terms);
      return {
        baseLogit: intercept,
        terms: design.terms.map(({ feature }, i) => ({ feature, logit: (weightArray[i] ?? 0) * (terms[i] ?? 0) })),
      };
    },
  };
}
