import { describe, expect, it } from '@jest/globals';
import { createRng, type Rng } from '@smart-retry/domain';
import { evaluateOffPolicy, type OffPolicyEvaluation } from './evaluate-off-policy.js';
import type { LoggedChoice } from './logged-choice.js';
import { judgeOffPolicy } from './off-policy-verdict.js';

/** Mean rewards of three actions for easy and hard jobs; the log prefers action 0 for easy jobs and action 1 for hard ones. */
const WORTH = { easy: [0.9, 0.6, 0.7], hard: [0.1, 0.3, 0.5] };
const LOGGING = { easy: [0.8, 0.1, 0.1], hard: [0.1, 0.7, 0.2] };
const STOP = 3;

interface World {
  readonly jobs: number;
  readonly rng: Rng;
  /** What the log claims of its own propensities. */
  readonly claim?: (true_: number) => number;
  readonly target?: ArrayLike<number>;
  readonly predicted?: (kind: 'easy' | 'hard') => ArrayLike<number>;
}

/** Jobs of one or two decisions that share their luck: rewards of one job are correlated. */
function playLog({ jobs, rng, claim = (p) => p, target = [0, 0, 1, 0], predicted = () => [0, 0, 0, 0] }: World) {
  const choices: LoggedChoice[] = [];
  for (let job = 0; job < jobs; job++) {
    const kind = rng() < 0.5 ? 'easy' : 'hard';
    const luck = 0.2 * (rng() - 0.5);
    for (let decision = 0; decision < 1 + Math.floor(2 * rng()); decision++) {
      const action = draw(LOGGING[kind], rng);
      const propensity = claim(LOGGING[kind][action] ?? 1);
      const reward = (WORTH[kind][action] ?? 0) + luck + 0.3 * (rng() - 0.5);
      choices.push({ job: String(job), group: 'all', action, propensity, reward, target, predicted: predicted(kind) });
    }
  }
  return choices;
}

function draw(shares: readonly number[], rng: Rng): number {
  let rest = rng();
  return shares.findIndex((share) => (rest -= share) < 0);
}

/** Always action 2: half of the jobs are easy. */
const TRUE_VALUE = (0.7 + 0.5) / 2;

function evaluate(world: Omit<World, 'rng'>, seed: number): OffPolicyEvaluation {
  const evaluation = evaluateOffPolicy(playLog({ ...world, rng: createRng([seed, 1, 2, 3]) }), { knownAction: STOP });
  if (evaluation === null) throw new Error('an empty log');
  return evaluation;
}

describe('evaluateOffPolicy', () => {
  it('covers the true worth of another policy with 95 % intervals, decisions of one job being correlated', () => {
    const runs = Array.from({ length: 400 }, (_, seed) =>
      evaluate({ jobs: 400, predicted: (k) => [...WORTH[k], 0] }, seed),
    );
    for (const name of ['ips', 'snips', 'doublyRobust'] as const) {
      const covered = runs.filter(({ [name]: { interval } }) => interval[0] <= TRUE_VALUE && TRUE_VALUE <= interval[1]);
      // 95 % ± 3 standard errors of 400 runs.
      expect([name, covered.length / runs.length]).toEqual([name, expect.closeTo(0.95, 1)]);
      expect(covered.length / runs.length).toBeGreaterThan(0.915);
    }
  });

  it('is wrong by far where propensities are ignored', () => {
    const { ips, snips } = evaluate({ jobs: 4_000, claim: () => 1 / 3 }, 7);
    const told = evaluate({ jobs: 4_000 }, 7);
    expect(Math.abs(told.snips.value - TRUE_VALUE)).toBeLessThan(0.03);
    expect(Math.abs(snips.value - TRUE_VALUE)).toBeGreaterThan(0.03);
    expect(Math.abs(ips.value - TRUE_VALUE)).toBeGreaterThan(0.15);
  });

  it('stays right with a model that is wrong, and gets sharper with one that is right', () => {
    const wrong = evaluate({ jobs: 4_000, predicted: () => [1, 1, 1, 1] }, 8).doublyRobust;
    const right = evaluate({ jobs: 4_000, predicted: (kind) => [...WORTH[kind], 0] }, 8).doublyRobust;
    expect(wrong.value).toBeCloseTo(TRUE_VALUE, 1);
    expect(right.interval[1] - right.interval[0]).toBeLessThan((wrong.interval[1] - wrong.interval[0]) / 2);
  });

  it('says how many decisions it rests on, and what was never tried', () => {
    const choices = playLog({ jobs: 500, rng: createRng([1, 2, 3, 4]), target: [0, 0, 0.5, 0.5] });
    const untried = choices.filter(({ action }) => action !== 2);
    const evaluation = evaluateOffPolicy(untried, { knownAction: STOP });
    expect(evaluation?.unsupportedShare).toBeCloseTo(0.5);
    expect(evaluation?.effectiveSampleSize).toBe(0);
    expect(judgeOffPolicy(evaluation)).toMatchObject({
      verdict: 'cannot_tell',
      reason: expect.stringContaining('never tried'),
    });
  });

  it('knows nothing of an empty log', () => {
    expect(judgeOffPolicy(evaluateOffPolicy([]))).toMatchObject({ verdict: 'cannot_tell' });
  });
});

describe('judgeOffPolicy', () => {
  it('says which of two policies is better, when enough decisions say so', () => {
    expect(judgeOffPolicy(evaluate({ jobs: 8_000, predicted: (k) => [...WORTH[k], 0] }, 9))).toMatchObject({
      verdict: 'better',
    });
    expect(
      judgeOffPolicy(evaluate({ jobs: 8_000, target: [0, 1, 0, 0], predicted: (k) => [...WORTH[k], 0] }, 9)).verdict,
    ).toBe('worse');
  });

  it('does not speak below an effective sample size of 200', () => {
    const few = evaluate({ jobs: 300, target: [0, 1, 0, 0] }, 10);
    expect(few.effectiveSampleSize).toBeLessThan(200);
    expect(judgeOffPolicy(few)).toMatchObject({
      verdict: 'cannot_tell',
      reason: expect.stringContaining('comparable'),
    });
  });

  it('does not believe propensities that do not fit what was done', () => {
    const claimed = evaluate({ jobs: 8_000, target: [0, 1, 0, 0], claim: (p) => Math.min(1, 2 * p) }, 11);
    expect(judgeOffPolicy(claimed)).toMatchObject({
      verdict: 'cannot_tell',
      reason: expect.stringContaining('do not fit'),
    });
  });
});
