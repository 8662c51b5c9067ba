import { describe, expect, it } from '@jest/globals';
import { REASON_CODES, type Recommendation } from '@smart-retry/domain';
import fc from 'fast-check';
import { formatTimestamp } from '../http/wire-time.js';
import { fromRecommendation } from './recommendation.dto.js';
import { writeIssuedRecommendation } from './write-recommendation.js';

const text = fc.string({ unit: 'binary', maxLength: 40 });
const number = fc.double();
const wholeMs = fc.integer({ min: 0, max: 8_000_000_000_000 });
const textOrNull = fc.option(text);

const anyRecommendation: fc.Arbitrary<Recommendation> = fc.record({
  decision: fc.constantFrom('retry', 'defer', 'stop'),
  shouldRetry: fc.boolean(),
  delayMs: wholeMs,
  maxAttempts: wholeMs,
  confidence: number,
  rationale: text,
  method: fc.constantFrom('rules', 'bayesian', 'ml', 'guardrails', 'default'),
  estimatedSuccess: number,
  estimatedSuccessInterval: fc.tuple(number, number),
  nextEvaluationAtMs: wholeMs,
  policyGuardrails: fc.array(fc.constantFrom('max_attempts', 'deadline'), { maxLength: 3 }),
  guardrailEffects: fc.array(
    fc.record({
      name: fc.constantFrom('max_delay', 'validation'),
      before: fc.oneof(text, number, fc.constant(null)),
      after: fc.oneof(text, number, fc.constant(null)),
    }),
    { maxLength: 3 },
  ),
  policy: textOrNull,
  alternatives: fc.array(
    fc.record({ delayMs: fc.option(number), estimatedSuccess: number, value: number, whyNot: text }),
    { maxLength: 3 },
  ),
  reasons: fc.array(fc.constantFrom(...REASON_CODES), { maxLength: 4 }),
  propensity: number,
  modelVersion: textOrNull,
  countsAsAttempt: fc.boolean(),
});

describe('writeIssuedRecommendation', () => {
  it('writes, byte for byte, what JSON.stringify writes of the answer as an object', () => {
    fc.assert(
      fc.property(anyRecommendation, wholeMs, (recommendation, expiresAtMs) => {
        const issued = { recommendation, recommendationId: 'AgQB-_x', expiresAtMs };
        const answer = {
          recommendation_id: 'AgQB-_x',
          expires_at: formatTimestamp(expiresAtMs),
          ...fromRecommendation(recommendation),
        };
        expect(writeIssuedRecommendation(issued)).toBe(JSON.stringify(answer));
      }),
    );
  });
});
