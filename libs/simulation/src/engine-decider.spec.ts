import { describe, expect, it } from '@jest/globals';
import type { SmartRetry } from '@smart-retry/engine';
import { startEngineDecider } from './engine-decider.js';

describe('startEngineDecider', () => {
  const startFor = (caller: { readonly countsFirstTries?: boolean }) =>
    // Nothing is asked of it.
    startEngineDecider('ours', 1, () => Promise.resolve({} as SmartRetry), caller);

  it('plays callers that count their first tries, or report none', async () => {
    expect(await startFor({})).toHaveProperty('reportFirstTries');
    expect(await startFor({ countsFirstTries: false })).not.toHaveProperty('reportFirstTries');
  });
});
