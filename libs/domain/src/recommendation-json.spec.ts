import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  fromRecommendationDocument,
  toRecommendationDocument,
  type RecommendationDocument,
} from './recommendation-document.js';
import { recommendationToJson } from './recommendation-json.js';
import { REASON_CODES, type Alternative, type Recommendation } from './recommendation.js';

const chance = fc.double({ min: 0, max: 1, noNaN: true });
const name = fc.string({ unit: 'grapheme' });

const LESS: Alternative = { delayMs: null, estimatedSuccess: 0, value: 0, whyNot: '"less"' };

/** Few values for each member, so that many recommendations are alike but for one of them. */
const anyRecommendation: fc.Arbitrary<Recommendation> = fc.record({
  decision: fc.constantFrom('retry', 'defer', 'stop'),
  shouldRetry: fc.boolean(),
  delayMs: fc.nat(),
  maxAttempts: fc.constantFrom(3, 5),
  confidence: fc.constantFrom(0, 0.5),
  rationale: name,
  method: fc.constantFrom('rules', 'guardrails'),
  estimatedSuccess: fc.oneof(fc.constant(0.5), chance),
  estimatedSuccessInterval: fc.oneof(fc.constant<[number, number]>([0.05, 0.95]), fc.tuple(chance, chance)),
  nextEvaluationAtMs: fc.integer({ min: 0, max: Date.parse('9999-01-01T00:00:00Z') }),
  policyGuardrails: fc.constantFrom([], ['budget'], ['max_delay']),
  guardrailEffects: fc.constantFrom([], [{ name: 'max_delay', before: 9_000, after: null }]),
  policy: fc.oneof(fc.constantFrom('a', 'b', null), name),
  alternatives: fc.constantFrom([], [LESS], Object.freeze([LESS]), Object.freeze([LESS, LESS])),
  reasons: fc.subarray(REASON_CODES.slice(0, 3)),
  propensity: fc.constantFrom(1, 0.25),
  modelVersion: fc.constantFrom(null, 'v1'),
  countsAsAttempt: fc.boolean(),
});

const SAID = `{"delay_ms":4000,"next_evaluation":"2026-05-20T12:30:04.000Z","rationale":"","should_retry":true,
  "max_attempts":3,"confidence":0,"method":"rules","estimated_success":0.5,"policy_guardrails":[],"decision":"retry",
  "policy":null,"estimated_success_interval":[0.05,0.95],"guardrail_effects":[],"alternatives":[],"reasons":[],
  "propensity":1,"model_version":null,"counts_as_attempt":true}`;
const someRecommendation = fromRecommendationDocument(JSON.parse(SAID) as RecommendationDocument);

describe('recommendationToJson', () => {
  it('writes the document, whatever was written before', () => {
    fc.assert(
      fc.property(fc.array(anyRecommendation, { maxLength: 40 }), (recommendations) => {
        for (const one of recommendations) {
          expect(JSON.parse(recommendationToJson(one))).toEqual(toRecommendationDocument(one));
        }
      }),
    );
  });

  it('writes what differs from what was written before in one member alone', () => {
    const members = Object.keys(someRecommendation) as (keyof Recommendation)[];
    fc.assert(
      fc.property(anyRecommendation, anyRecommendation, (before, other) => {
        for (const member of members) {
          recommendationToJson({ ...before });
          const one = { ...before, [member]: other[member] };
          expect(JSON.parse(recommendationToJson(one))).toEqual(toRecommendationDocument(one));
        }
      }),
    );
  });

  it('writes each recommendation once', () => {
    let timesRead = 0;
    const recommendation: Recommendation = {
      ...someRecommendation,
      get rationale() {
        timesRead++;
        return 'because';
      },
    };
    const first = recommendationToJson(recommendation);
    expect(recommendationToJson(recommendation)).toBe(first);
    expect(timesRead).toBe(1);
  });

  it.each([
    { alternatives: 'what is shared once', share: (list: Alternative[]) => Object.freeze(list), timesRead: 1 },
    { alternatives: 'what belongs to one each time', share: (list: Alternative[]) => list, timesRead: 3 },
  ])('writes of alternatives $alternatives', ({ share, timesRead }) => {
    let read = 0;
    const alternatives = share([
      {
        delayMs: 1_000,
        estimatedSuccess: 0.5,
        value: 0.4,
        get whyNot() {
          read++;
          return 'less';
        },
      },
    ]);
    for (let i = 0; i < 3; i++) recommendationToJson({ ...someRecommendation, alternatives });
    expect(read).toBe(timesRead);
  });

  it('refuses a time that is none rather than writing what is no JSON', () => {
    expect(() => recommendationToJson({ ...someRecommendation, nextEvaluationAtMs: Number.NaN })).toThrow(RangeError);
  });
});

describe('fromRecommendationDocument', () => {
  it('reads back what was written', () => {
    fc.assert(
      fc.property(anyRecommendation, (recommendation) => {
        expect(fromRecommendationDocument(toRecommendationDocument(recommendation))).toEqual(recommendation);
      }),
    );
  });
});
