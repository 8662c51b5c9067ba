import { describe, expect, it } from '@jest/globals';
import {
  DEFAULT_EXPLORATION,
  DEFAULT_OBJECTIVE,
  explorationOf,
  explorationProblems,
  objectiveOf,
  objectiveProblems,
} from './objective.js';
import { DEFAULT_STRATEGY, strategyProblems } from './strategy.js';
import { somePolicy, someStrategy } from './testing/index.js';

const pathsOf = (problems: readonly { readonly path: string }[]) => problems.map(({ path }) => path);

describe('objectiveOf and explorationOf', () => {
  it('leave to the strategy what the policy does not say, or what no policy says', () => {
    expect(objectiveOf(DEFAULT_STRATEGY, null)).toBe(DEFAULT_OBJECTIVE);
    expect(objectiveOf(DEFAULT_STRATEGY, somePolicy())).toBe(DEFAULT_OBJECTIVE);
    expect(objectiveOf(DEFAULT_STRATEGY, { objective: { attemptCost: 0.5 } })).toEqual({
      valueHalfLifeMs: 1_800_000,
      attemptCost: 0.5,
    });
    expect(explorationOf(DEFAULT_STRATEGY, null)).toBe(DEFAULT_EXPLORATION);
    expect(explorationOf(DEFAULT_STRATEGY, { exploration: { enabled: false } })).toEqual({
      enabled: false,
      maxShare: 0.2,
      anchorShare: 0.02,
    });
  });
});

describe('objectiveProblems', () => {
  it.each([
    [{ valueHalfLifeMs: 0 }, 'o.value_half_life'],
    [{ valueHalfLifeMs: 0.5 }, 'o.value_half_life'],
    [{ valueHalfLifeMs: 31 * 86_400_000 + 1 }, 'o.value_half_life'],
    [{ valueHalfLifeMs: Number.NaN }, 'o.value_half_life'],
    [{ attemptCost: -0.01 }, 'o.attempt_cost'],
    [{ attemptCost: 1.01 }, 'o.attempt_cost'],
    [{ attemptCost: Number.NaN }, 'o.attempt_cost'],
  ])('names the field of %p', (objective, path) => {
    expect(pathsOf(objectiveProblems(objective, 'o.'))).toEqual([path]);
  });

  it.each([{}, { valueHalfLifeMs: 1 }, { valueHalfLifeMs: 31 * 86_400_000 }, { attemptCost: 0 }, { attemptCost: 1 }])(
    'finds none in %p',
    (objective) => {
      expect(objectiveProblems(objective, '')).toEqual([]);
    },
  );
});

describe('explorationProblems', () => {
  it.each([
    [{ maxShare: -0.1 }, 'e.max_share'],
    [{ maxShare: 1.1 }, 'e.max_share'],
    [{ anchorShare: 2 }, 'e.anchor_share'],
    [{ maxShare: 0.9, anchorShare: 0.2 }, 'e.max_share'],
  ])('names the field of %p', (exploration, path) => {
    expect(pathsOf(explorationProblems(exploration, 'e.'))).toEqual([path]);
  });

  it('lets the shares be all decisions, and no more', () => {
    expect(explorationProblems({ maxShare: 0.9, anchorShare: 0.1 }, '')).toEqual([]);
  });
});

describe('the settings of a policy', () => {
  it('are checked together with what they leave to the strategy', () => {
    const exploration = { anchorShare: 0.9 };
    expect(pathsOf(strategyProblems(someStrategy([somePolicy({ exploration })])))).toEqual([
      'policies[0].exploration.max_share',
    ]);
    // Control: it fits beside a smaller share of the strategy's.
    const cautious = { ...DEFAULT_EXPLORATION, maxShare: 0.1 };
    expect(strategyProblems({ ...someStrategy([somePolicy({ exploration })]), exploration: cautious })).toEqual([]);
  });

  it.each([
    [{ objective: { attemptCost: 2 } }, 'objective.attempt_cost'],
    [{ exploration: { maxShare: 2 } }, 'exploration.max_share'],
    [{ learnedMaxAttempts: 0 }, 'learned_max_attempts'],
    [{ learnedMaxAttempts: 1_001 }, 'learned_max_attempts'],
    [{ learnedMaxDelayMs: -1 }, 'learned_max_delay_ms'],
    [{ learnedMaxDelayMs: 0.5 }, 'learned_max_delay_ms'],
  ])('are unsound with %p', (change, path) => {
    expect(pathsOf(strategyProblems(someStrategy([somePolicy(change)])))).toEqual([`policies[0].${path}`]);
  });

  it('may allow more attempts than the guardrails, which bound them when deciding', () => {
    const strategy = someStrategy([somePolicy({ learnedMaxAttempts: 12 })], { maxAttempts: 10 });
    expect(strategyProblems({ ...strategy, learnedMaxAttempts: 12 })).toEqual([]);
  });
});

describe('the settings of a strategy', () => {
  it.each([
    [{ objective: { ...DEFAULT_OBJECTIVE, attemptCost: 2 } }, 'objective.attempt_cost'],
    [{ exploration: { ...DEFAULT_EXPLORATION, maxShare: 0.99 } }, 'exploration.max_share'],
    [{ learnedMaxAttempts: 1.5 }, 'learned_max_attempts'],
    [{ learning: { ...DEFAULT_STRATEGY.learning, jobTypes: [{ jobType: '' }] } }, 'learning.job_types[0].job_type'],
  ])('are unsound with %p', (change, path) => {
    expect(pathsOf(strategyProblems({ ...DEFAULT_STRATEGY, ...change }))).toEqual([path]);
  });
});
