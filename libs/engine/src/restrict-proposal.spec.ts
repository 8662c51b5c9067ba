import { describe, expect, it } from '@jest/globals';
import { someFeatures, somePolicy, someStrategy, T0 } from '@smart-retry/domain/testing';
import { restrictProposal } from './restrict-proposal.js';
import { LEARNED } from './testing/learned-proposal.js';

describe("a policy's longest elapsed time", () => {
  const reasons = (features: Parameters<typeof someFeatures>[0]) => {
    const policy = somePolicy({ maxElapsedMs: 60_000 });
    return restrictProposal(LEARNED, { features: someFeatures(features), policy, strategy: someStrategy(), nowMs: T0 })
      .reasons;
  };

  it('is said not to be looked at where nobody told when a later attempt failed first', () => {
    expect(reasons({ attemptNumber: 2 })).toEqual(['max_elapsed_unknown']);
    expect(reasons({ attemptNumber: 2, firstFailedAtMs: T0 - 10_000 })).toEqual([]);
    expect(reasons({ attemptNumber: 1 })).toEqual([]);
  });

  it('is unknown only where there is one', () => {
    const policy = somePolicy();
    const features = someFeatures({ attemptNumber: 2 });
    expect(restrictProposal(LEARNED, { features, policy, strategy: someStrategy(), nowMs: T0 }).reasons).toEqual([]);
  });
});

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
