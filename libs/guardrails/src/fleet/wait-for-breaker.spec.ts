import { describe, expect, it } from '@jest/globals';
import { T0 } from '@smart-retry/domain/testing';
import { question, view } from '../testing/admissions.js';
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
});
