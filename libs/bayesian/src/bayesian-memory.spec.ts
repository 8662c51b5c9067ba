import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BayesianMemory, type LearnedOutcome } from './bayesian-memory.js';
import { BIN_COUNT, delayBinIndex } from './delay-grid.js';
import type { FailureContext } from './failure-context.js';
import { SOME_DELAYS, someContext, T0 } from './testing/builders.js';

const open = (maxCells = 10_000) => new BayesianMemory({ maxCells });
const learn = (memory: BayesianMemory, times: number, outcome: Partial<LearnedOutcome> = {}) => {
  for (let i = 0; i < times; i++) {
    memory.learn({ context: someContext(), delayMs: 2_000, success: true, atMs: T0, ...outcome });
  }
};
const meanOf = (memory: BayesianMemory, context: FailureContext, delayMs = 2_000, nowMs = T0) =>
  memory.refresh(context, nowMs)?.posteriorFor(context).means[delayBinIndex(delayMs)] ?? Number.NaN;

describe('the fast memory', () => {
  it('is believed after a change, and is as the slow one once it has forgotten: it never stands for even chances', () => {
    const memory = open();
    learn(memory, 400, { atMs: T0 - 2 * 86_400_000 });
    learn(memory, 100, { success: false });
    expect(meanOf(memory, someContext())).toBeLessThan(0.3);
    expect(meanOf(memory, someContext(), 2_000, T0 + 86_400_000)).toBeGreaterThan(0.7);
  });
});

describe('when BayesianMemory speaks', () => {
  it('is silent until ten outcomes of the job type and class are known, whatever their code, attempt and tenant', () => {
    const memory = open();
    learn(memory, 5, { context: someContext({ errorCode: '504', attemptNumber: 3 }) });
    learn(memory, 4, { context: someContext({ tenant: 'a' }) });
    learn(memory, 100, { context: someContext({ jobType: 'other' }) });
    expect(memory.beliefsOf(someContext(), T0)).toBeNull();
    learn(memory, 1);
    expect(memory.beliefsOf(someContext(), T0)).not.toBeNull();
    expect(memory.countOf(someContext())).toBe(10);
  });

  it('looks again after twenty more outcomes of the kind, fifteen seconds if there is anything new, or two minutes', () => {
    const memory = open();
    learn(memory, 10);
    const first = memory.beliefsOf(someContext(), T0);
    learn(memory, 19);
    expect(memory.beliefsOf(someContext(), T0 + 14_999)).toBe(first);
    learn(memory, 1);
    const second = memory.beliefsOf(someContext(), T0 + 14_999);
    expect(second).not.toBe(first);
    expect(memory.beliefsOf(someContext(), T0 + 14_999 + 119_999)).toBe(second);
    expect(memory.beliefsOf(someContext(), T0 + 14_999 + 120_000)).not.toBe(second);
    learn(memory, 1);
    const third = memory.refresh(someContext(), T0);
    learn(memory, 1);
    expect(memory.beliefsOf(someContext(), T0 + 14_999)).toBe(third);
    expect(memory.beliefsOf(someContext(), T0 + 15_000)).not.toBe(third);
  });

  it('does not look again because other codes of the same class have failed', () => {
    const memory = open();
    const context = someContext({ errorCode: 'own' });
    learn(memory, 30, { context });
    const first = memory.beliefsOf(context, T0);
    learn(memory, 200, { context: someContext({ errorCode: 'other' }) });
    expect(memory.beliefsOf(context, T0)).toBe(first);
  });

  it('believes of all codes that it has never seen what it believes of the class, and keeps nothing of them', () => {
    const memory = open();
    learn(memory, 30, { context: someContext({ errorCode: 'known' }) });
    const { size } = memory;
    const [a, b] = ['never', 'seen'].map((errorCode) => memory.beliefsOf(someContext({ errorCode }), T0));
    expect(a).toBe(b);
    expect(memory.size).toBe(size);
    // What was seen of the class was not seen of the code.
    const sum = (weights: readonly number[] | undefined) => weights?.reduce((total, weight) => total + weight, 0);
    expect(sum(a?.seen().successes)).toBe(0);
    expect(sum(memory.beliefsOf(someContext(), T0)?.seen().successes)).toBe(30);
  });

  it('looks again at once when it is asked to', () => {
    const memory = open();
    learn(memory, 10);
    const first = memory.beliefsOf(someContext(), T0);
    expect(memory.refresh(someContext(), T0)).not.toBe(first);
  });

  it('goes on to answer while it learns everything anew, and then knows nothing else', () => {
    const memory = open();
    learn(memory, 40);
    memory.startOver();
    learn(memory, 10, { context: someContext({ jobType: 'new' }) });
    expect([memory.countOf(someContext()), memory.countOf(someContext({ jobType: 'new' }))]).toEqual([40, 0]);
    memory.settle();
    expect([memory.countOf(someContext()), memory.countOf(someContext({ jobType: 'new' }))]).toEqual([0, 10]);
    memory.startOver();
    memory.settle();
    expect([memory.size, memory.beliefsOf(someContext({ jobType: 'new' }), T0)]).toEqual([0, null]);
  });
});

describe('what BayesianMemory believes', () => {
  it('is the same for the same outcomes in whatever order, as long as the slow memory is believed', () => {
    const outcome = fc.record({
      delayMs: fc.constantFrom(...SOME_DELAYS),
      attemptNumber: fc.integer({ min: 1, max: 5 }),
      tenant: fc.constantFrom(undefined, 'a', 'b'),
      atMs: fc.integer({ min: T0 - 86_400_000, max: T0 }),
    });
    fc.assert(
      fc.property(fc.array(outcome, { minLength: 10, maxLength: 60 }), (outcomes) => {
        const [forward, backward] = [outcomes, outcomes.toReversed()].map((order) => {
          const memory = open();
          for (const { delayMs, attemptNumber, tenant, atMs } of order) {
            const context = someContext({ attemptNumber, tenant });
            memory.learn({ context, delayMs, success: delayMs > 20_000, atMs });
          }
          return memory;
        });
        for (const attemptNumber of [1, 2, 3, 4]) {
          const context = someContext({ attemptNumber, tenant: 'a' });
          const [a, b] = [forward, backward].map((memory) => memory?.refresh(context, T0)?.posteriorFor(context));
          for (let bin = 0; bin < BIN_COUNT; bin++) {
            // A little is left of which memory is believed, and that depends on the order.
            expect(Math.abs((a?.means[bin] ?? 0) - (b?.means[bin] ?? 1))).toBeLessThan(0.02);
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  it('rises with more successes', () => {
    const means = [10, 20, 40, 80].map((successes) => {
      const memory = open();
      learn(memory, 40, { success: false });
      learn(memory, successes);
      return meanOf(memory, someContext());
    });
    expect(means).toEqual(means.toSorted((a, b) => a - b));
    expect(new Set(means).size).toBe(4);
  });

  it('lets kinds of failure that were never seen before begin where their relatives are', () => {
    const memory = open();
    for (const jobType of ['a', 'b', 'c', 'd'])
      learn(memory, 100, { context: someContext({ jobType }), success: false });
    learn(memory, 10, { context: someContext({ jobType: 'new' }), delayMs: 7_200_000 });
    expect(meanOf(memory, someContext({ jobType: 'new' }))).toBeLessThan(0.35);
  });

  it('forgets: what was true weeks ago gives way to what is seen now', () => {
    const memory = open();
    const weekMs = 7 * 86_400_000;
    learn(memory, 200, { success: true, atMs: T0 - 8 * weekMs });
    learn(memory, 30, { success: false, atMs: T0 });
    expect(meanOf(memory, someContext())).toBeLessThan(0.2);
    const unforgotten = open();
    learn(unforgotten, 200, { success: true, atMs: T0 });
    learn(unforgotten, 30, { success: false, atMs: T0 });
    expect(meanOf(unforgotten, someContext())).toBeGreaterThan(0.6);
  });

  it('knows a tenant by its own outcomes', () => {
    const memory = open();
    learn(memory, 300);
    learn(memory, 100, { context: someContext({ tenant: 'broken' }), success: false });
    expect(meanOf(memory, someContext({ tenant: 'broken' }))).toBeLessThan(0.3);
    expect(meanOf(memory, someContext({ tenant: 'other' }))).toBeGreaterThan(0.6);
  });
});

describe('a tenant that floods', () => {
  const FLOOD = 20_000;
  const meanOfOthers = (tenant: string | undefined) => {
    const memory = open();
    learn(memory, 4_000);
    learn(memory, FLOOD, { context: someContext({ tenant }), success: false });
    return meanOf(memory, someContext({ tenant: 'other' }));
  };

  it('moves what is believed of the others by a little, where the same outcomes of nobody in particular drown them', () => {
    expect(meanOfOthers('flood')).toBeGreaterThan(0.7);
    expect(meanOfOthers(undefined)).toBeLessThan(0.3);
  });
});

describe('the bounds of BayesianMemory', () => {
  it('holds no more cells than it may, the least recently used out', () => {
    const memory = open(60);
    learn(memory, 20, { context: someContext({ jobType: 'first' }) });
    for (let i = 0; i < 200; i++) learn(memory, 1, { context: someContext({ jobType: `job-${i}` }) });
    expect(memory.size).toBeLessThanOrEqual(60);
    expect(memory.beliefsOf(someContext({ jobType: 'first' }), T0)).toBeNull();
    learn(memory, 10, { context: someContext({ jobType: 'last' }) });
    expect(memory.beliefsOf(someContext({ jobType: 'last' }), T0)).not.toBeNull();
  });

  it('lets a family whose error codes are ids forget its own codes, where as many of other families push others out', () => {
    const survives = (flood: (i: number) => FailureContext) => {
      const memory = open(400);
      learn(memory, 20, { context: someContext({ jobType: 'first', errorCode: '503' }) });
      for (let i = 0; i < 2_000; i++) learn(memory, 1, { context: flood(i) });
      expect(memory.size).toBeLessThanOrEqual(400);
      return memory.countOf(someContext({ jobType: 'first' })) === 20;
    };
    expect(survives((i) => someContext({ jobType: 'flood', errorCode: `id-${i}` }))).toBe(true);
    expect(survives((i) => someContext({ jobType: 'flood', tenant: `id-${i}` }))).toBe(true);
    expect(survives((i) => someContext({ jobType: `flood-${i}` }))).toBe(false);
  });

  it('holds as much as it is bounded to and no more, for any outcomes', () => {
    const label = fc.integer({ min: 0, max: 30 }).map(String);
    const context = fc.record({
      jobType: label,
      errorClass: label,
      errorCode: fc.option(label, { nil: undefined }),
      tenant: fc.option(label, { nil: undefined }),
      attemptNumber: fc.integer({ min: 1, max: 9 }),
      incidentAgeMs: fc.constantFrom(0, 5_000, 50_000, 5_000_000),
    });
    fc.assert(
      fc.property(fc.array(context, { maxLength: 200 }), (contexts) => {
        const memory = open(60);
        for (const each of contexts) learn(memory, 1, { context: each });
        expect(memory.size).toBeLessThanOrEqual(60);
        expect(memory.size >= Math.min(5, contexts.length)).toBe(true);
      }),
    );
  });

  it('refuses bounds that a single kind of failure does not fit into', () => {
    expect(() => open(59)).toThrow(RangeError);
  });
});
