import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Caller } from './caller.js';
import { RequestMeter } from './request-meter.js';

const caller = (requestsPerSecond: number | null = null): Caller => ({
  actor: 'x',
  id: 'x',
  scopes: new Set(),
  tenant: null,
  requestsPerSecond,
});

describe('a request meter', () => {
  it('lets a caller save up one second, then says how long to wait', () => {
    const meter = new RequestMeter(4);
    const one = caller();
    const takes = Array.from({ length: 5 }, () => meter.take(one, 1_000));
    expect(takes.map((allowance) => allowance?.isAllowed)).toEqual([true, true, true, true, false]);
    expect(takes.map((allowance) => allowance?.remaining)).toEqual([3, 2, 1, 0, 0]);
    expect(takes[4]).toEqual({ limit: 4, isAllowed: false, remaining: 0, waitMs: 250 });
    expect(meter.take(one, 1_250)?.isAllowed).toBe(true);
    expect(meter.take(one, 1_499)?.isAllowed).toBe(false);
  });

  it('counts each caller apart, by its own limit before the default', () => {
    const meter = new RequestMeter(1);
    const [plain, other, generous] = [caller(), caller(), caller(100)];
    expect([meter.take(plain, 0), meter.take(other, 0)].map((allowance) => allowance?.isAllowed)).toEqual([true, true]);
    expect(meter.take(plain, 0)?.isAllowed).toBe(false);
    expect(meter.take(generous, 0)).toMatchObject({ limit: 100, remaining: 99 });
  });

  it('says nothing where there is no limit', () => {
    expect(new RequestMeter(null).take(caller(), 0)).toBeNull();
  });

  it('never lets more through than the limit in a second and what was saved up', () => {
    const steps = fc.array(fc.nat(400), { maxLength: 300 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), steps, (limit, waitsMs) => {
        const meter = new RequestMeter(limit);
        const one = caller();
        let nowMs = 0;
        let allowed = 0;
        for (const waitMs of waitsMs) {
          nowMs += waitMs;
          if (meter.take(one, nowMs)?.isAllowed === true) allowed += 1;
        }
        expect(allowed).toBeLessThanOrEqual(limit + (nowMs * limit) / 1_000 + 1e-6);
      }),
    );
  });
});
