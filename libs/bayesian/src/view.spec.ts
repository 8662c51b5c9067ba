import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BayesianMemory } from './bayesian-memory.js';
import type { BayesianQuestion } from './question.js';
import { someContext, someQuestion, T0, teachOutage } from './testing/builders.js';
import { viewOf, type BayesianView } from './view.js';

const taught = (isOverAfterMs: number, outcomes = 200) => {
  const memory = new BayesianMemory({ maxCells: 1_000 });
  teachOutage(memory, { outcomes, isOverAfterMs });
  return memory;
};

const ask = (memory: BayesianMemory, changes: Partial<BayesianQuestion> = {}): BayesianView => {
  const view = viewOf(memory, someQuestion(changes));
  if (view === null) throw new Error('nothing is known');
  return view;
};

/** Nothing ever succeeds. */
const HOPELESS = Number.POSITIVE_INFINITY;
const BOUNDS = someQuestion().bounds;

describe('viewOf', () => {
  it('waits as long as the outage lasts, no longer and no shorter', () => {
    const { best } = ask(taught(15_000));
    expect(best?.delayMs).toBeGreaterThanOrEqual(15_000);
    expect(best?.delayMs).toBeLessThan(30_000);
    expect(best?.successProbability).toBeGreaterThan(0.75);
    expect(ask(taught(0)).best?.delayMs).toBeLessThan(1_000);
  });

  it('stops where nothing is worth its cost', () => {
    const view = ask(taught(HOPELESS, 2_000), { exploration: null });
    expect(view.best).toBeNull();
    expect(view.others.every(({ value }) => value <= 0)).toBe(true);
    expect(view.evidence.successes).toBe(0);
  });

  it('is sure after 200 clear outcomes, and not after 10 of 10', () => {
    expect(ask(taught(15_000, 200)).confidence).toBeGreaterThanOrEqual(0.7);
    expect(ask(taught(0, 10)).confidence).toBeLessThan(0.7);
    expect(ask(taught(15_000, 10)).confidence).toBeLessThan(0.7);
  });

  it('says of the chosen delay what was seen in its bucket', () => {
    expect(ask(taught(15_000, 180)).evidence).toEqual({ waited: '15-30s', outcomes: 20, successes: 20 });
  });

  it('orders the best delays of the other buckets by value, and gives an interval that holds the mean', () => {
    const { best, others } = ask(taught(15_000));
    const values = others.map(({ value }) => value);
    expect(values).toEqual(values.toSorted((a, b) => b - a));
    expect(others.some(({ delayMs }) => delayMs === best?.delayMs)).toBe(false);
    expect(best?.interval[0]).toBeLessThan(best?.successProbability ?? 0);
    expect(best?.interval[1]).toBeGreaterThan(best?.successProbability ?? 1);
  });

  it('gives the same view until something new is known', () => {
    const memory = taught(15_000);
    expect(ask(memory)).toBe(ask(memory));
    expect(ask(memory, { rulesDelayMs: null })).not.toBe(ask(memory));
  });
});

describe('viewOf with a floor and a ceiling', () => {
  it('waits no shorter than a hint, and where the hint is beyond all bounds as long as is allowed instead of giving up', () => {
    const memory = taught(0);
    expect(ask(memory, { floorMs: 60_000 }).best?.delayMs).toBeGreaterThanOrEqual(60_000);
    for (const floorMs of [299_999, 300_000, 7_200_000]) {
      const delayMs = ask(memory, { floorMs }).best?.delayMs;
      expect(delayMs).toBeGreaterThan(240_000);
      expect(delayMs).toBeLessThanOrEqual(300_000);
    }
  });

  it('tries what ends before the deadline rather than waiting for longer and being refused', () => {
    const memory = taught(15_000);
    expect(ask(memory).best?.delayMs).toBeGreaterThan(12_000);
    expect(ask(memory, { ceilingMs: 12_000, rulesDelayMs: 30_000 }).best?.delayMs).toBeLessThanOrEqual(12_000);
    expect(ask(memory, { ceilingMs: 0 }).best).toBeNull();
  });

  it('stops where the outage outlasts the deadline, and does not count on tries after it', () => {
    const memory = taught(60_000, 4_000);
    const question = { exploration: null, rulesDelayMs: null };
    expect(ask(memory, { ...question, ceilingMs: 1_000 }).best).toBeNull();
    expect(ask(memory, question).best?.delayMs).toBeGreaterThanOrEqual(60_000);
  });

  it('proposes, tries and compares only delays within bounds, for any bounds', () => {
    const memory = taught(15_000);
    const bounds = fc.tuple(fc.nat(1e6), fc.nat(1e7), fc.nat(1e7), fc.option(fc.nat(1e6)));
    fc.assert(
      fc.property(bounds, ([minDelayMs, extraMs, floorMs, ceilingMs]) => {
        const maxDelayMs = minDelayMs + extraMs;
        const view = ask(memory, {
          bounds: { ...BOUNDS, minDelayMs, maxDelayMs },
          floorMs: Math.min(floorMs, maxDelayMs),
          ceilingMs: ceilingMs === null ? Number.POSITIVE_INFINITY : Math.max(ceilingMs, minDelayMs),
        });
        const tried = view.exploration?.actions.flatMap(([delayMs]) => (delayMs === null ? [] : [delayMs])) ?? [];
        const shown = view.best === null ? view.others : [view.best, ...view.others];
        for (const delayMs of [...tried, ...shown.map((considered) => considered.delayMs)]) {
          expect(delayMs).toBeGreaterThanOrEqual(minDelayMs);
          expect(delayMs).toBeLessThanOrEqual(maxDelayMs);
          if (ceilingMs !== null) expect(delayMs).toBeLessThanOrEqual(Math.max(ceilingMs, minDelayMs));
        }
      }),
    );
  });
});

describe('the exploration plan', () => {
  const weightsOf = (view: BayesianView) => view.exploration?.actions.map(([, weight]) => weight) ?? [];
  const sum = (numbers: readonly number[]) => numbers.reduce((total, n) => total + n, 0);

  it('has weights that sum to 1 and a share that is the sum of both, of which only the anchor does not shrink', () => {
    for (const isOverAfterMs of [0, 15_000, HOPELESS]) {
      for (const [maxShare, anchorShare] of [
        [0.2, 0.02],
        [0, 0.05],
        [0.3, 0],
      ] as const) {
        const view = ask(taught(isOverAfterMs), { exploration: { enabled: true, maxShare, anchorShare } });
        // Each is rounded to six digits.
        expect(sum(weightsOf(view))).toBeCloseTo(1, 4);
        // 200 outcomes are four times as many as leave it whole.
        expect(view.exploration?.share).toBeCloseTo(maxShare / 4 + anchorShare, 12);
      }
    }
    const exploration = { enabled: true, maxShare: 0.2, anchorShare: 0.02 };
    expect(ask(taught(15_000, 50), { exploration }).exploration?.share).toBeCloseTo(0.22, 12);
  });

  it('tries all delays that may be waited at times, also where the plan says stop', () => {
    const view = ask(taught(HOPELESS, 2_000), { exploration: { enabled: true, maxShare: 0, anchorShare: 0.02 } });
    const actions = view.exploration?.actions ?? [];
    expect(actions.some(([delayMs]) => delayMs === null)).toBe(false);
    expect(actions.length).toBeGreaterThan(8);
    for (const [, weight] of actions) expect(weight).toBeCloseTo(1 / actions.length, 6);
  });

  it('is absent where exploring is out of the question, switched off or of no share', () => {
    const memory = taught(15_000);
    expect(ask(memory, { exploration: null }).exploration).toBeNull();
    expect(ask(memory, { exploration: { enabled: false, maxShare: 0.2, anchorShare: 0.02 } }).exploration).toBeNull();
    expect(ask(memory, { exploration: { enabled: true, maxShare: 0, anchorShare: 0 } }).exploration).toBeNull();
    expect(ask(memory).exploration).not.toBeNull();
  });

  it('keeps what one tenant asks apart from what another asks', () => {
    const memory = taught(0, 9_000);
    for (let i = 0; i < 200; i++) {
      const delayMs = i % 2 === 0 ? 100 : 500;
      memory.learn({ context: someContext({ tenant: 'poor' }), delayMs, success: false, atMs: T0 });
    }
    const chanceOf = (tenant: string) =>
      [ask(memory, { context: someContext({ tenant }) })].flatMap(({ best, others }) =>
        [...(best === null ? [] : [best]), ...others].filter(({ delayMs }) => delayMs < 1_000),
      )[0]?.successProbability ?? 0;
    expect(chanceOf('poor')).toBeLessThan(chanceOf('other') - 0.2);
  });
});
