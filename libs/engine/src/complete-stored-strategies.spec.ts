import { describe, expect, it } from '@jest/globals';
import { DEFAULT_STRATEGY, type ConfigurationStore, type Strategy } from '@smart-retry/domain';
import { completeStoredStrategies } from './complete-stored-strategies.js';
import { completeStrategy } from './overlay-strategy.js';

/** As the first version stored it: without objective, exploration and learning. */
function asOfFirstVersion(): Strategy {
  const { objective: _o, exploration: _e, learning: _l, ...known } = DEFAULT_STRATEGY;
  const { explainabilityRequired: _x, ...guardrails } = known.guardrails;
  const text = JSON.stringify({ ...known, name: 'old', guardrails: { ...guardrails, maxAttempts: 4 } });
  return JSON.parse(text) as Strategy;
}

const COMPLETE = {
  ...DEFAULT_STRATEGY,
  name: 'old',
  guardrails: { ...DEFAULT_STRATEGY.guardrails, maxAttempts: 4 },
};

function storeWith(strategy: Strategy | null): ConfigurationStore {
  const revision = { revision: 1, changedAtMs: 5, changedBy: 'someone' };
  return {
    load: () => Promise.resolve(strategy && { ...revision, strategy, fileDigest: null }),
    revision: () => Promise.resolve(1),
    commit: (change) => Promise.resolve({ ...revision, strategy: change.strategy }),
    history: () =>
      Promise.resolve(strategy ? [{ ...revision, strategy, action: 'a', target: null, reason: null }] : []),
    keepResponse: () => Promise.resolve(),
    keptResponse: () => Promise.resolve(null),
  };
}

describe('completeStoredStrategies', () => {
  it('fills what an older version did not store with the defaults, in the history as well', async () => {
    const store = completeStoredStrategies(storeWith(asOfFirstVersion()));
    expect(await store.load()).toMatchObject({ revision: 1, strategy: COMPLETE });
    expect(await store.history({ limit: 1 })).toMatchObject([{ action: 'a', strategy: COMPLETE }]);
  });

  it('answers nothing for an empty store', async () => {
    expect(await completeStoredStrategies(storeWith(null)).load()).toBeNull();
  });

  it('leaves what is stored as it is', async () => {
    const strategy: Strategy = {
      ...DEFAULT_STRATEGY,
      objective: { valueHalfLifeMs: 1, attemptCost: 1 },
      exploration: { enabled: false, maxShare: 0, anchorShare: 0 },
      learning: { mode: 'off', jobTypes: [{ jobType: 'j' }], excludedWindows: [{ fromMs: 0, toMs: 1 }] },
      learnedMaxAttempts: 12,
    };
    expect((await completeStoredStrategies(storeWith(strategy)).load())?.strategy).toEqual(strategy);
  });
});

describe('completeStrategy', () => {
  it('is the defaults where nothing is known', () => {
    expect(completeStrategy({})).toEqual(DEFAULT_STRATEGY);
  });

  it('fills a section that is known in part', () => {
    expect(completeStrategy({ learning: { mode: 'observe' }, objective: { attemptCost: 0.5 } })).toMatchObject({
      learning: { mode: 'observe', jobTypes: [], excludedWindows: [] },
      objective: { valueHalfLifeMs: 1_800_000, attemptCost: 0.5 },
    });
  });
});
