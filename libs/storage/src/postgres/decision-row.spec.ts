import { describe, expect, it } from '@jest/globals';
import type { Alternative, DecisionRecord, Proposal } from '@smart-retry/domain';
import { exampleDecision } from '../contract/examples.js';
import { decisionToText, toDecisionRecord, type DecisionRow } from './decision-row.js';

const alternatives: readonly Alternative[] = [
  { delayMs: 50_000, estimatedSuccess: 0.8, value: 0.9, whyNot: 'worth 0.90, less than 0.95' },
];
const proposal: Proposal = {
  kind: 'proposal',
  layer: 'bayesian',
  action: 'retry',
  delayMs: 4_000,
  floorMs: 0,
  capMs: 300_000,
  jitterRatio: 0.1,
  estimate: { successProbability: 0.7, interval: [0.5, 0.9] },
  confidence: 1,
  rationale: 'waiting 4 s is worth 0.95',
  reasons: ['worth_most'],
  alternatives,
  modelVersion: null,
};

const rowOf = (record: DecisionRecord): DecisionRow => ({
  decided_at_ms: String(record.decidedAtMs),
  recommendation_id: record.recommendationId,
  features: record.features,
  record: decisionToText(record),
  rng_seed: null,
  recommendation: null,
  evidence: null,
});

describe('a decision as a row', () => {
  it.each([
    { of: 'the layer whose alternatives were told', told: alternatives, timesWritten: 1 },
    { of: 'a layer beside alternatives of another', told: [...alternatives, ...alternatives], timesWritten: 3 },
    { of: 'a layer whose alternatives were not told', told: [], timesWritten: 1 },
  ])('is read as it was written, with what is said twice once: $of', ({ told, timesWritten }) => {
    const example = exampleDecision({}, { alternatives: told });
    // Frozen: a proposal that many decisions share.
    for (const layer of [proposal, Object.freeze({ ...proposal })]) {
      const record = { ...example, evidence: { ...example.evidence, layers: [layer], shift: 0.5 } };
      const row = rowOf(record);
      expect(toDecisionRecord(row)).toEqual(record);
      expect(row.record?.split('less than 0.95')).toHaveLength(timesWritten + 1);
    }
  });

  it('of a shared proposal says what is told beside it, and what is not, whatever was written of it before', () => {
    const shared = Object.freeze({ ...proposal });
    for (const told of [alternatives, [], alternatives]) {
      const example = exampleDecision({}, { alternatives: told });
      const record = { ...example, evidence: { ...example.evidence, layers: [shared] } };
      expect(toDecisionRecord(rowOf(record))).toEqual(record);
    }
  });

  it('replaces what cannot be stored, in what is told as in what is not', () => {
    const example = exampleDecision({}, { rationale: 'half a \ud83d and \0' });
    const layers = [{ ...proposal, rationale: '\udd11' }];
    const { recommendation, evidence } = toDecisionRecord(
      rowOf({ ...example, evidence: { ...example.evidence, layers } }),
    );
    expect(recommendation.rationale).toBe('half a \ufffd and \ufffd');
    expect(evidence.layers).toEqual([{ ...proposal, rationale: '\ufffd' }]);
  });

  it('is read from the columns that were written before there was a text', () => {
    const record = exampleDecision();
    const { rngSeed: rng_seed, recommendation, evidence } = record;
    expect(toDecisionRecord({ ...rowOf(record), record: null, rng_seed, recommendation, evidence })).toEqual(record);
  });

  it('is refused where neither is there', () => {
    expect(() => toDecisionRecord({ ...rowOf(exampleDecision()), record: null })).toThrow('without its record');
  });
});
