import { describe, expect, it } from '@jest/globals';
import { someFeatures, someStrategy, T0 } from '@smart-retry/domain/testing';
import { restrictProposal } from './restrict-proposal.js';
import { LEARNED } from './testing/learned-proposal.js';

describe('a retry that would come too late', () => {
  it('is said to be held up by the server where its hint is what makes it late', () => {
    const because = (retryAfterMs?: number) =>
      restrictProposal(
        { ...LEARNED, delayMs: 70_000 },
        {
          features: someFeatures({ retryAfterMs, deadlineAtMs: T0 + 60_000 }),
          policy: null,
          strategy: someStrategy(),
          nowMs: T0,
        },
      ).because;
    expect(because()).toEqual(["the job's deadline is in 1 min, before a wait of 1 min 10 s is over"]);
    expect(because(120_000)).toEqual([
      'the server asked for at least 2 min',
      "the job's deadline is in 1 min, before a wait of 2 min is over",
    ]);
  });
});
