import { describe, expect, it } from '@jest/globals';
import { BayesianMemory } from './bayesian-memory.js';
import { SOME_DELAYS, someContext, someQuestion, T0 } from './testing/builders.js';
import { viewOf } from './view.js';

const HINTS_MS = [10_000, 40_000, 90_000];

/** Each failure is told to wait; calls are let through from `lateMs` after the end of that on. */
function taught({ lateMs, tellsHint = true }: { readonly lateMs: number; readonly tellsHint?: boolean }) {
  const memory = new BayesianMemory({ maxCells: 1_000 });
  for (const hintMs of HINTS_MS) {
    const context = someContext(tellsHint ? { hintMs } : {});
    for (const beyondMs of [...SOME_DELAYS, ...SOME_DELAYS, ...SOME_DELAYS]) {
      memory.learn({ context, delayMs: hintMs + beyondMs, success: beyondMs >= lateMs, atMs: T0 });
    }
  }
  return memory;
}

const adviseAfter = (memory: BayesianMemory, hintMs: number, changes: Parameters<typeof someQuestion>[0] = {}) =>
  viewOf(memory, someQuestion({ context: someContext({ hintMs }), exploration: null, floorMs: hintMs, ...changes }));

describe("what is learned of a server's hint", () => {
  it.each(HINTS_MS)('is that a hint of %d ms that tells the truth need not be waited for much longer', (hintMs) => {
    const best = adviseAfter(taught({ lateMs: 0 }), hintMs)?.best;
    expect(best?.delayMs).toBeGreaterThanOrEqual(hintMs);
    expect(best?.delayMs).toBeLessThanOrEqual(1.25 * hintMs);
    expect(best?.successProbability).toBeGreaterThan(0.8);
  });

  it.each(HINTS_MS)('is to wait longer where hints are too short, as one of %d ms that is late by 20 s', (hintMs) => {
    const best = adviseAfter(taught({ lateMs: 20_000 }), hintMs)?.best;
    expect(best?.delayMs).toBeGreaterThanOrEqual(hintMs + 17_500);
    expect(best?.delayMs).toBeLessThanOrEqual(hintMs + 42_000);
  });

  it('is not known to those who learn delays from the failure alone: what one hint needs is not what another does', () => {
    const chanceSoonAfter40s = (memory: BayesianMemory) => {
      const view = adviseAfter(memory, 40_000);
      const considered = view === null || view.best === null ? [] : [view.best, ...view.others];
      return considered.find(({ delayMs }) => delayMs < 60_000)?.successProbability ?? Number.NaN;
    };
    const told = chanceSoonAfter40s(taught({ lateMs: 20_000 }));
    expect(told).toBeLessThan(0.2);
    expect(chanceSoonAfter40s(taught({ lateMs: 20_000, tellsHint: false }))).toBeGreaterThan(told + 0.1);
  });

  it('is not asked where the hint reaches beyond what may be waited', () => {
    expect(adviseAfter(taught({ lateMs: 0 }), 400_000)?.hintMs).toBeUndefined();
  });

  it('counts waits, bounds and worth from the failure, not from the end of the hint', () => {
    const memory = taught({ lateMs: 0 });
    const view = adviseAfter(memory, 90_000, { exploration: someQuestion().exploration });
    expect(view?.hintMs).toBe(90_000);
    const considered = view === null || view.best === null ? [] : [view.best, ...view.others];
    for (const { delayMs } of considered) {
      expect(delayMs).toBeGreaterThanOrEqual(90_000);
      expect(delayMs).toBeLessThanOrEqual(300_000);
    }
    const tried = view?.exploration?.actions.flatMap(([delayMs]) => delayMs ?? []) ?? [];
    expect(Math.min(...tried)).toBeGreaterThanOrEqual(90_000);
    expect(Math.max(...tried)).toBeLessThanOrEqual(300_000);
    // g(90 s) and one attempt: 2^(−90/1800) less 0.03 of it, at most.
    expect(view?.best?.value).toBeLessThanOrEqual(2 ** (-90 / 1_800) * 0.97);
  });
});
