import { describe, expect, it } from '@jest/globals';
import { DEFAULT_OBJECTIVE } from '@smart-retry/domain';
import { longestOpenMs } from './longest-open.js';

describe('longestOpenMs', () => {
  const seconds = (callersPerSecond: number, changes = {}) =>
    Math.round(longestOpenMs(callersPerSecond, { ...DEFAULT_OBJECTIVE, ...changes }) / 1_000);

  it('is the longer the fewer wait, from a minute to three', () => {
    expect([10, 1 / 20, 1 / 45, 1 / 171, 1 / 900].map((perSecond) => seconds(perSecond))).toEqual([
      60, 60, 84, 163, 180,
    ]);
  });

  it('is where looks and lateness cost the least together', () => {
    const { attemptCost, valueHalfLifeMs } = DEFAULT_OBJECTIVE;
    const lastedMs = 3_600_000;
    const perMs = 1 / 90_000;
    const cost = (ms: number) =>
      (attemptCost * lastedMs) / ms + ((perMs * lastedMs * ms) / 2) * (Math.LN2 / valueHalfLifeMs);
    const bestMs = longestOpenMs(1_000 * perMs, DEFAULT_OBJECTIVE);
    expect(cost(bestMs)).toBeLessThan(Math.min(cost(0.9 * bestMs), cost(1.1 * bestMs)));
  });

  it('is a minute where nobody is known to wait, success is soon worth nothing, or attempts cost nothing', () => {
    expect(seconds(0)).toBe(60);
    expect(seconds(1 / 171, { valueHalfLifeMs: 60_000 })).toBe(60);
    expect(seconds(1 / 171, { attemptCost: 0 })).toBe(60);
  });
});
