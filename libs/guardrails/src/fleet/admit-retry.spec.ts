import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { T0 } from '@smart-retry/domain/testing';
import { admitRetry } from './admit-retry.js';
import { budgetFrom, lineOf, question, view } from '../testing/admissions.js';
import type { AdmissionQuestion, DependencyView } from './admission.js';

const SECOND = T0 / 1_000;

describe('admitRetry', () => {
  it('lets a retry with room in the budget go ahead, and books its second', () => {
    expect(admitRetry(question(), view())).toMatchObject({
      kind: 'admitted',
      delayMs: 4_000,
      reasons: [],
      effects: [],
      booking: { second: SECOND + 4, units: 2 },
    });
  });

  it('says that a budget is not enforced where it is not known', () => {
    expect(admitRetry(question(), view({ budget: null }))).toMatchObject({
      kind: 'admitted',
      delayMs: 4_000,
      reasons: ['budget_unknown'],
    });
  });

  it('says so beside everything else where it only goes by what was seen', () => {
    const reasonsWhere = (second: number, isEstimated: boolean) =>
      admitRetry(question(), view({ budget: { ...budgetFrom(second), isEstimated } })).reasons;
    expect([reasonsWhere(0, true), reasonsWhere(SECOND + 60, true)]).toEqual([
      ['budget_unknown'],
      ['budget_spent', 'budget_unknown'],
    ]);
    expect(reasonsWhere(SECOND + 60, false)).toEqual(['budget_spent']);
  });

  it('puts off what has no room, books the first second that has, and lets the job ask again halfway', () => {
    expect(admitRetry(question(), view({ budget: budgetFrom(SECOND + 60) }))).toMatchObject({
      kind: 'deferred',
      delayMs: 60_500,
      askAgainMs: 30_250,
      reasons: ['budget_spent'],
      effects: [{ name: 'budget', before: 'retry', after: 'defer' }],
      booking: { second: SECOND + 60, units: 2 },
      because: [
        'the retry budget of dependency "erp" (20 % of its first tries) has no place for 1 min; within a minute there is room for 0 retries',
      ],
    });
  });

  it('gives a place nearby away at once where several processes answer, and promises none that is further away', () => {
    const shared = (second: number | null) => view({ canPromise: false, budget: budgetFrom(second) });
    expect(admitRetry(question(), shared(SECOND + 8))).toMatchObject({
      kind: 'admitted',
      delayMs: 8_500,
      booking: { second: SECOND + 8 },
    });
    expect(admitRetry(question(), shared(SECOND + 60))).toMatchObject({
      kind: 'deferred',
      delayMs: 60_500,
      askAgainMs: 10_000,
      booking: null,
    });
    expect(admitRetry(question({ untilEndMs: 30_000 }), shared(SECOND + 60))).toMatchObject({ kind: 'refused' });
  });

  it('has whoever never asks again wait for those who wait without a place, where no place is promised', () => {
    const behind = (waiting: number, changes = {}) =>
      admitRetry(
        question(changes),
        view({ canPromise: false, line: () => lineOf(waiting), budget: budgetFrom(SECOND + 60) }),
      );
    // Two seconds each.
    expect([0, 10, 1_000].map((waiting) => behind(waiting).delayMs)).toEqual([60_500, 80_500, 225_000]);
    expect(behind(1_000, { untilEndMs: 90_000 })).toMatchObject({
      kind: 'deferred',
      delayMs: 90_000,
      askAgainMs: 10_000,
    });
  });

  it('never sends a job off before the server allows it', () => {
    const hinted = question({ floorMs: 45_000, delayMs: 45_000 });
    const open = view({ breaker: 'open' });
    const waits = [question(), hinted].map((asked) => admitRetry(asked, open));
    expect(waits.map(({ delayMs }) => delayMs >= 45_000)).toEqual([false, true]);
    expect(waits.map(({ askAgainMs }) => (askAgainMs ?? 0) >= 45_000)).toEqual([false, true]);
  });

  it('has a job that is not known again ask when its wait is over, unless it waits for a probe', () => {
    for (const breaker of ['closed', 'open', 'half_open'] as const) {
      const [known, unknown] = [true, false].map((isKnownAgain) =>
        admitRetry(question(), view({ breaker, isKnownAgain, budget: budgetFrom(SECOND + 60) })),
      );
      expect(known?.askAgainMs).toBeLessThan(known?.delayMs ?? 0);
      expect(unknown).toEqual(breaker === 'half_open' ? known : { ...known, askAgainMs: known?.delayMs });
    }
  });

  it('has it ask while there is time for a retry where its wait ends with its time', () => {
    const asked = question({ untilEndMs: 40_000 });
    const state = { breaker: 'open', isKnownAgain: false, budget: budgetFrom(SECOND + 60) } as const;
    expect(admitRetry(asked, view(state))).toMatchObject({ kind: 'deferred', delayMs: 40_000, askAgainMs: 36_000 });
  });

  it('refuses what cannot be put off for so long', () => {
    const told = question({ untilEndMs: 60_000 });
    expect(admitRetry(told, view({ budget: budgetFrom(SECOND + 60) }))).toMatchObject({
      kind: 'refused',
      effects: [{ name: 'budget', before: 'retry', after: 'stop' }],
      booking: null,
    });
  });

  it('gives a job that was put off its turn when that has come, and not before', () => {
    const turn = { hasWaited: true, bookedSecond: SECOND };
    expect(admitRetry(question(), view({ turn }))).toMatchObject({
      kind: 'admitted',
      delayMs: 0,
      reasons: ['deferred_turn'],
      booking: 'kept',
    });
    const later = { hasWaited: true, bookedSecond: SECOND + 30 };
    const full = view({ turn: later, budget: budgetFrom(SECOND + 40) });
    expect(admitRetry(question(), full)).toMatchObject({
      kind: 'deferred',
      delayMs: 30_500,
      askAgainMs: 15_250,
      booking: 'kept',
    });
  });

  it('lets a job go ahead before its turn where there is room by now', () => {
    const turn = { hasWaited: true, bookedSecond: SECOND + 30 };
    expect(admitRetry(question(), view({ turn }))).toMatchObject({
      kind: 'admitted',
      delayMs: 0,
      booking: { second: SECOND, units: 2 },
    });
    const sooner = view({ turn, budget: budgetFrom(SECOND + 8) });
    expect(admitRetry(question(), sooner)).toMatchObject({ kind: 'deferred', booking: { second: SECOND + 8 } });
  });

  it('books anew for a job that has missed its turn', () => {
    const turn = { hasWaited: true, bookedSecond: SECOND - 60 };
    expect(admitRetry(question(), view({ turn }))).toMatchObject({
      kind: 'admitted',
      booking: { second: SECOND, units: 2 },
    });
  });

  it('answers the same question the same, without booking twice', () => {
    const turn = { hasWaited: false, bookedSecond: SECOND + 4 };
    expect(admitRetry(question(), view({ turn, budget: budgetFrom(null) }))).toMatchObject({
      kind: 'admitted',
      delayMs: 4_000,
      booking: 'kept',
    });
  });

  it('gives the same reasons again where the budget is not known, or only by what was seen', () => {
    const turn = { hasWaited: false, bookedSecond: SECOND + 4 };
    for (const budget of [null, { ...budgetFrom(0), isEstimated: true }]) {
      const [first, again] = [null, turn].map((turn) => admitRetry(question(), view({ turn, budget })));
      expect([first?.reasons, again?.reasons]).toEqual([['budget_unknown'], ['budget_unknown']]);
    }
  });

  it('gives the same place again that was given away nearby', () => {
    const shared = view({ canPromise: false, budget: budgetFrom(SECOND + 8) });
    const first = admitRetry(question(), shared);
    const again = admitRetry(question(), { ...shared, turn: { hasWaited: false, bookedSecond: SECOND + 8 } });
    expect(first).toMatchObject({ delayMs: 8_500, reasons: ['deferred_turn'] });
    expect(again).toEqual({ ...first, booking: 'kept' });
    const roomy = { ...shared, budget: budgetFrom(0), turn: { hasWaited: false, bookedSecond: SECOND + 8 } };
    expect(admitRetry(question(), roomy)).toMatchObject({ delayMs: 4_000, booking: { second: SECOND + 4 } });
  });

  describe('while the breaker is open', () => {
    const open = (changes: Partial<DependencyView> = {}) => view({ breaker: 'open', ...changes });
    const asks = (state: DependencyView, changes: Partial<AdmissionQuestion> = {}) =>
      [0, 0.5, 0.999].map((draw) => admitRetry(question({ draw, ...changes }), state));

    it('has all ask again when its probes have gone out, spread a little', () => {
      expect(asks(open()).map(({ askAgainMs }) => askAgainMs)).toEqual([20_000, 25_000, 29_990]);
    });

    it('gives whoever never asks again a place in the budget after that, which it keeps when it asks', () => {
      const full = open({ budget: budgetFrom(SECOND + 100) });
      expect(asks(full)[1]).toMatchObject({ delayMs: 100_500, askAgainMs: 25_000, booking: { second: SECOND + 100 } });
      const booked = { ...full, turn: { hasWaited: true, bookedSecond: SECOND + 80 } };
      expect(asks(booked)[1]).toMatchObject({ delayMs: 80_500, askAgainMs: 25_000, booking: 'kept' });
    });

    it('promises no place where several processes answer, but has it wait for those who wait', () => {
      const shared = open({ canPromise: false, line: () => lineOf(10) });
      expect(asks(shared)[0]).toMatchObject({ delayMs: 41_000, askAgainMs: 20_000, booking: null });
    });

    it('spreads those who never ask again over a minute where no budget is known', () => {
      expect(asks(open({ budget: null })).map(({ delayMs }) => delayMs)).toEqual([20_000, 55_000, 89_930]);
    });

    it('keeps them away for as long as may be waited, spread, where an operator holds it', () => {
      const held = asks(open({ heldOpenBecause: 'migration' }));
      expect(held.map(({ delayMs }) => delayMs)).toEqual([300_000, 225_000, 150_150]);
      expect(held.map(({ askAgainMs }) => askAgainMs)).toEqual([30_000, 45_000, 59_970]);
    });

    it('lets whoever has little time ask within it, and refuses only who has none until its probes', () => {
      const late = asks(open(), { untilEndMs: 22_000 });
      expect(late.map(({ kind }) => kind)).toEqual(['deferred', 'deferred', 'deferred']);
      expect(Math.max(...late.map(({ askAgainMs }) => askAgainMs ?? 0))).toBeLessThanOrEqual(22_000);
      expect(asks(open(), { untilEndMs: 19_000 })[0]).toMatchObject({ kind: 'refused' });
      const held = asks(open({ heldOpenBecause: '' }), { untilEndMs: 19_000 });
      expect(held.map(({ askAgainMs }) => askAgainMs)).toEqual([9_500, 13_300, 17_093]);
    });
  });

  it('does not have many come back at once whom a server, or the longest wait, holds for as long', () => {
    const waits = (changes: Partial<AdmissionQuestion>, state: DependencyView) =>
      [0, 0.5, 0.999].map((draw) => admitRetry(question({ draw, ...changes }), state).delayMs);
    const hinted = { delayMs: 120_000, floorMs: 120_000 };
    expect(waits(hinted, view({ breaker: 'half_open' }))).toEqual([121_000, 126_000, 131_988]);
    expect(waits({}, view({ budget: budgetFrom(SECOND + 3_000) }))).toEqual([300_000, 225_000, 150_150]);
  });

  it('sends a probe at once where there is one to give, and puts off all others', () => {
    expect(admitRetry(question(), view({ breaker: 'half_open', hasProbe: true }))).toMatchObject({
      kind: 'admitted',
      delayMs: 500,
      isProbe: true,
    });
    const turn = { hasWaited: true, bookedSecond: null };
    expect(admitRetry(question(), view({ breaker: 'half_open', hasProbe: true, turn })).reasons).toEqual([
      'breaker_probe',
      'deferred_turn',
    ]);
    expect(admitRetry(question(), view({ breaker: 'half_open' }))).toMatchObject({ kind: 'deferred', isProbe: false });
  });

  it('spreads those that waited for the end of an outage over a minute, where no budget does', () => {
    const turn = { hasWaited: true, bookedSecond: null };
    const released = view({ turn, budget: null, sinceReleaseMs: 20_000 });
    expect([0, 0.25, 0.75].map((draw) => admitRetry(question({ draw }), released).delayMs)).toEqual([
      0, 10_000, 30_000,
    ]);
  });

  it('control: without the spread all of them return at once', () => {
    const turn = { hasWaited: true, bookedSecond: null };
    const settled = view({ turn, budget: null, sinceReleaseMs: 60_000 });
    expect([0, 0.25, 0.75].map((draw) => admitRetry(question({ draw }), settled).delayMs)).toEqual([0, 0, 0]);
  });

  it('never answers a wait beyond what may be waited, nor a retry before its floor or after its end', () => {
    const booked = fc.option(fc.integer({ min: SECOND - 100, max: SECOND + 5_000 }));
    fc.assert(
      fc.property(
        fc.record({
          delayMs: fc.nat(100_000),
          floorMs: fc.nat(10_000),
          moreMs: fc.nat(500_000),
          maxMs: fc.nat(400_000),
          draw: fc.double({ min: 0, max: 0.999, noNaN: true }),
          breaker: fc.constantFrom('closed' as const, 'open' as const, 'half_open' as const),
          hasProbe: fc.boolean(),
          hasWaited: fc.boolean(),
          bookedSecond: booked,
          place: booked,
          knowsBudget: fc.boolean(),
          isKnownAgain: fc.boolean(),
          canPromise: fc.boolean(),
          sinceReleaseMs: fc.nat(100_000),
        }),
        ({ delayMs, floorMs, moreMs, maxMs, draw, place, knowsBudget, hasWaited, bookedSecond, ...state }) => {
          const asked = question({
            delayMs: delayMs + floorMs,
            floorMs,
            draw,
            untilEndMs: delayMs + floorMs + 1_000 + moreMs,
            maxDelayMs: delayMs + floorMs + 1_000 + maxMs,
          });
          const turn = { hasWaited, bookedSecond };
          const told = admitRetry(asked, view({ ...state, turn, budget: knowsBudget ? budgetFrom(place) : null }));
          expect(told.delayMs).toBeLessThanOrEqual(asked.maxDelayMs);
          if (told.kind === 'admitted') {
            expect(told.delayMs).toBeGreaterThanOrEqual(floorMs);
            expect(told.delayMs).toBeLessThanOrEqual(asked.untilEndMs);
          }
        },
      ),
    );
  });
});
