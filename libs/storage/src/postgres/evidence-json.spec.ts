import { describe, expect, it } from '@jest/globals';
import type { Abstention, Evidence, ReasonCode } from '@smart-retry/domain';
import { evidenceToJson } from './evidence-json.js';
import { toStorableJson } from './storable-json.js';

const silent: Abstention = { kind: 'abstention', layer: 'ml', reason: 'ml_no_model' };
/** Frozen: what is shared is written out once. */
const unsure: Abstention = Object.freeze<Abstention>({
  kind: 'abstention',
  layer: 'bayesian',
  reason: 'bayesian_unsure',
  exploration: {
    share: 0.1,
    actions: [
      [1_000, 0.75, 0.5, 2],
      [null, 0.25],
    ],
  },
});
const loud: Abstention = Object.freeze({ ...unsure, reason: 'half a \ud83d' as ReasonCode });
const fleet = { isCalm: true, sharedHintMs: 0, verdict: null };

describe('evidenceToJson', () => {
  it.each<{ who: string; evidence: Evidence }>([
    { who: 'nobody', evidence: { layers: [], configurationRevision: 1 } },
    { who: 'one layer', evidence: { layers: [silent], configurationRevision: 1 } },
    {
      who: 'two layers',
      evidence: {
        layers: [silent, unsure],
        configurationRevision: 2,
        shift: -0.5,
        shiftDeviation: 0.25,
        oddsPrecision: 8,
      },
    },
    { who: 'two layers beside a fleet', evidence: { layers: [unsure, silent], configurationRevision: 3, fleet } },
    { who: 'who cannot be stored as it is', evidence: { layers: [loud], configurationRevision: 4 } },
  ])('writes what $who said as any value is written, again and again', ({ evidence }) => {
    for (let i = 0; i < 2; i++) expect(evidenceToJson(evidence, [])).toBe(toStorableJson(evidence));
  });

  it.each([
    { answers: 'shared answers once', share: (answer: Abstention) => Object.freeze(answer), timesWritten: 1 },
    { answers: 'answers of one decision each time', share: (answer: Abstention) => answer, timesWritten: 3 },
  ])('writes out $answers', ({ share, timesWritten }) => {
    let written = 0;
    const counted = {
      ...silent,
      get reason() {
        written++;
        return silent.reason;
      },
    };
    const evidence: Evidence = { layers: [share(counted)], configurationRevision: 1 };
    for (let i = 0; i < 3; i++) evidenceToJson(evidence, []);
    expect(written).toBe(timesWritten);
  });
});
