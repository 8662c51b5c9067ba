import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { assembleModel } from './assemble-model.js';
import { Encoder } from './encoder.js';
import { FlatTrees } from './flat-trees.js';
import { LogisticDesign } from './logistic-design.js';
import type { ModelContext } from './model-context.js';
import { sigmoid } from './probability.js';
import { artifactOf, logisticBody, SCHEMA, treeBody } from './testing/builders.js';

const contexts: fc.Arbitrary<ModelContext> = fc.record(
  {
    jobType: fc.constant('email'),
    errorClass: fc.constantFrom('timeout', 'rejected', 'never seen'),
    attemptNumber: fc.integer({ min: 1, max: 9 }),
    payloadSize: fc.integer({ min: 0, max: 1_000_000 }),
    timeOfDay: fc.integer({ min: 0, max: 23 }),
    failedAtMs: fc.integer({ min: 0, max: 2e12 }),
  },
  { requiredKeys: ['jobType', 'errorClass', 'attemptNumber'] },
);
const delays = fc.array(fc.integer({ min: 0, max: 3_600_000 }), { minLength: 1, maxLength: 12 });

describe.each([logisticBody(), treeBody()])('a $kind model', (body) => {
  const model = assembleModel({ ...artifactOf(body), calibration: { kind: 'none' } });
  const encoder = new Encoder(SCHEMA);

  it('scores many delays at once as the obvious loop scores them one by one', () => {
    fc.assert(
      fc.property(contexts, delays, (context, delaysMs) => {
        const together = new Float64Array(delaysMs.length);
        model.scoreDelays(context, delaysMs, together);
        for (const [i, delayMs] of delaysMs.entries()) {
          const row = new Float64Array(encoder.width);
          encoder.encodeContext(context, row);
          encoder.encodeDelay(delayMs, row);
          expect(together[i]).toBeCloseTo(sigmoid(obviousLogit(context, row)), 12);
        }
      }),
    );
  });

  it('explains each prediction by terms that sum to its logit', () => {
    fc.assert(
      fc.property(contexts, fc.integer({ min: 0, max: 3_600_000 }), (context, delayMs) => {
        const { baseLogit, contributions, logit, probability } = model.explain(context, delayMs);
        expect(contributions.reduce((sum, term) => sum + term.logit, baseLogit)).toBeCloseTo(logit, 9);
        expect(probability).toBeCloseTo(sigmoid(logit), 12);
      }),
    );
  });

  function obviousLogit(context: ModelContext, row: Float64Array): number {
    if (body.kind === 'gradient_boosting') return new FlatTrees(body).logitOf(row, 0);
    const design = new LogisticDesign(encoder, body.design);
    const terms = new Float64Array(design.terms.length);
    design.write(context, row, 0, terms);
    return terms.reduce((sum, term, i) => sum + term * (body.weights[i] ?? 0), body.intercept);
  }
});
