import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compareNewestFirst, formatDecisionCursor, parseDecisionCursor } from './decision-cursor.js';

const position = fc.record({
  decidedAtMs: fc.nat(8.64e15),
  recommendationId: fc.string({ minLength: 1, maxLength: 128 }).filter((id) => !id.includes('\0')),
});

describe('decision cursors', () => {
  it('are read back as they were written', () => {
    fc.assert(
      fc.property(position, (at) => {
        expect(parseDecisionCursor(formatDecisionCursor(at))).toEqual(at);
      }),
    );
  });

  it('order newest first, and ties by id from the greatest', () => {
    const sorted = [
      { decidedAtMs: 1, recommendationId: 'b' },
      { decidedAtMs: 2, recommendationId: 'a' },
      { decidedAtMs: 2, recommendationId: 'b' },
    ].sort(compareNewestFirst);
    expect(sorted.map((at) => `${at.decidedAtMs}${at.recommendationId}`)).toEqual(['2b', '2a', '1b']);
  });
});
