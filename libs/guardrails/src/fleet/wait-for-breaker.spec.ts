import { describe, expect, it } from '@jest/globals';
import { T0 } from '@smart-retry/domain/testing';
import { budgetFrom, question, view } from '../testing/admissions.js';
import type { AdmissionQuestion, BudgetView, DependencyView } from './admission.js';
import { admitRetry } from './admit-retry.js';

describe('a retry whose dependency is left alone', () => {
  it('lets others find out first whether a dependency is back, for as long again as it was left alone', () => {
    const reluctant = (lateMs: number, letsOthersProbe = true) => {
      const asked = { nowMs: T0 + 20_000 + lateMs, letsOthersProbe };
      return admitRetry(question(asked), view({ breaker: 'half_open', hasProbe: true }));
    };
    expect(reluctant(0, false)).toMatchObject({ kind: 'admitted', isProbe: true });
    expect(reluctant(0)).toMatchObject({
      kind: 'deferred',
      isProbe: false,
      reasons: ['breaker_open'],
      because: ['others find out now whether dependency "erp" is back'],
    });
    expect(reluctant(19_999)).toMatchObject({ kind: 'deferred', isProbe: false });
    // Nobody else did: else a dependency that only they call would never be found to be back.
    expect(reluctant(20_000)).toMatchObject({ kind: 'admitted', isProbe: true });
    // … and who has no time for that finds out itself.
    const hurried = { nowMs: T0 + 20_000, letsOthersProbe: true, untilEndMs: 20_000 };
    expect(admitRetry(question(hurried), view({ breaker: 'half_open', hasProbe: true })).isProbe).toBe(true);
  });

  it('lets others do so for a minute at most, however long it was left alone', () => {
    const reluctant = (lateMs: number) =>
      admitRetry(
        question({ nowMs: T0 + 20_000 + lateMs, letsOthersProbe: true }),
        view({ breaker: 'half_open', hasProbe: true, openForMs: 300_000 }),
      );
    expect([59_999, 60_000].map((lateMs) => reluctant(lateMs).isProbe)).toEqual([false, true]);
  });

  it('says who would have taken a probe, so that more are asked for', () => {
    const halfOpen = (asked: object) =>
      admitRetry(question({ nowMs: T0 + 20_000, ...asked }), view({ breaker: 'half_open', hasProbe: false }));
    expect(halfOpen({}).wantsProbe).toBe(true);
    expect(halfOpen({ letsOthersProbe: true }).wantsProbe).toBeUndefined();
  });

  it('keeps whoever never asks again for as long as was planned, and others until they may ask', () => {
    for (const breaker of ['open', 'half_open'] as const) {
      const after = (delayMs: number) => admitRetry(question({ delayMs }), view({ breaker }));
      const [short, long] = [after(1_000), after(200_000)];
      expect(short.delayMs).toBeLessThan(100_000);
      expect(long.delayMs).toBeGreaterThanOrEqual(200_000);
      expect(long).toMatchObject({ kind: 'deferred', askAgainMs: short.askAgainMs });
    }
  });

  it('gives no place at an open breaker to who takes none from others', () => {
    const at = (takesNoPlace: boolean) => admitRetry(question({ takesNoPlace }), view({ breaker: 'open' }));
    expect(at(false).booking).not.toBeNull();
    expect(at(true)).toMatchObject({ kind: 'deferred', booking: null, askAgainMs: at(false).askAgainMs });
  });

  describe('of a worker that is known never to ask again', () => {
    const never = (changes: Partial<DependencyView> = {}) => view({ breaker: 'open', asksAgain: false, ...changes });
    const waits = (state: DependencyView, changes: Partial<AdmissionQuestion> = {}) =>
      [0, 0.5, 0.999].map((draw) => admitRetry(question({ draw, ...changes }), state));
    /** Places from now on and until so many seconds from now. */
    const placesUntil = (seconds: number): BudgetView => ({
      ...budgetFrom(0),
      firstPlace: (wanted) => (wanted <= T0 / 1_000 + seconds ? wanted : T0 / 1_000 + 600),
    });

    it('takes no probe, which would use up an attempt', () => {
      const halfOpen = { breaker: 'half_open', hasProbe: true } as const;
      expect(waits(never(halfOpen), { delayMs: 60_000 })[0]).toMatchObject({ kind: 'deferred', isProbe: false });
      expect(waits(view(halfOpen), { delayMs: 60_000 })[0]).toMatchObject({ kind: 'admitted', isProbe: true });
    });

    it('waits for at least a third of the time that the trouble has lasted, as far as that may be', () => {
      const told = (troubleLastedMs: number) => waits(never({ troubleLastedMs })).map(({ delayMs }) => delayMs);
      for (const delayMs of told(300_000)) expect(delayMs).toBeCloseTo(100_000, -4);
      for (const delayMs of told(3_600_000)) expect(delayMs).toBeGreaterThan(265_000);
      expect(waits(view({ breaker: 'open', troubleLastedMs: 300_000 }))[0]?.delayMs).toBeLessThan(30_000);
    });

    it('takes an earlier place than was planned rather than none', () => {
      const [told] = waits(never({ budget: placesUntil(50) }), { delayMs: 200_000 });
      expect(told).toMatchObject({ kind: 'deferred', booking: { second: T0 / 1_000 + 21 } });
    });

    it('is stopped where calls time out and all places are taken for as long as may be waited', () => {
      const full = never({ budget: placesUntil(-1) });
      expect(waits(full, { units: 3 })[1]).toMatchObject({ kind: 'refused', reasons: ['breaker_open'] });
      expect(waits(full, { units: 3 })[1]?.because[0]).toContain(
        'all places of the next 5 min, the longest wait, are taken',
      );
      // What turns calls away loses little by them.
      expect(waits(full, { units: 2 })[1]).toMatchObject({ kind: 'deferred', delayMs: 225_000, booking: null });
      expect(waits({ ...full, asksAgain: true }, { units: 3 })[1]).toMatchObject({ kind: 'deferred' });
    });

    it('comes without a place only when not too many others do', () => {
      const full = never({ budget: placesUntil(-1), unplacedMs: () => T0 + 200_000 });
      const crowded = { ...full, unplacedMs: () => null };
      for (const asked of [{}, { takesNoPlace: true }]) {
        expect(waits(full, asked)[0]).toMatchObject({ kind: 'deferred', delayMs: 200_000, booking: null });
        expect(waits(crowded, asked)[0]).toMatchObject({ kind: 'refused', reasons: ['breaker_open'] });
        expect(waits({ ...crowded, asksAgain: true }, asked)[0]).toMatchObject({ kind: 'deferred' });
      }
      expect(waits(crowded)[0]?.because[0]).toContain('as many retries as it can turn away');
      // Who would have been given up, and takes no place, does no harm where calls time out.
      expect(waits(full, { takesNoPlace: true, units: 3 })[0]).toMatchObject({ kind: 'deferred', booking: null });
    });

    it('is not let come without a place earlier than a server asked for', () => {
      const asked: number[] = [];
      const unplacedMs = (fromMs: number, toMs: number) => (asked.push(fromMs - T0), toMs);
      const full = never({ budget: placesUntil(-1), unplacedMs });
      for (const floorMs of [0, 250_000, 900_000]) waits(full, { floorMs });
      expect([...new Set(asked)]).toEqual([150_000, 250_000, 300_000]);
    });
  });
});
