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
  it.each<[string, Evidence]>([
    ['nobody', { layers: [], configurationRevision: 1 }],
    ['one layer', { layers: [silent], configurationRevision: 1 }],
    ['two layers', { layers: [silent, unsure], configurationRevision: 2, shift: -0.5, shiftDeviation: 0.25 }],
    ['two layers beside a fleet', { layers: [unsure, silent], configurationRevision: 3, fleet }],
    ['who cannot be stored as it is', { layers: [loud], configurationRevision: 4 }],
  ])('writes what %s said as any value is written, again and again', (_, evidence) => {
    for (let i = 0; i < 2; i++) expect(evidenceToJson(evidence)).toBe(toStorableJson(evidence));
  });
});
