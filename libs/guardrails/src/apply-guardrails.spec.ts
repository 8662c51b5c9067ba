import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createRng, uniformInteger } from '@smart-retry/domain';
import { applyGuardrails, jitterRange, type DelayLimits, type DelayPlan } from './apply-guardrails.js';

const plan = (changes: Partial<DelayPlan> = {}): DelayPlan => ({
  delayMs: 10_000,
  floorMs: 0,
  capMs: 30_000,
  jitterRatio: 0.2,
  isFloored: false,
  ...changes,
});

const limits = (changes: Partial<DelayLimits> = {}): DelayLimits => ({
  minDelayMs: 0,
  maxDelayMs: 300_000,
  untilDeadlineMs: Number.POSITIVE_INFINITY,
  untilMaxElapsedMs: Number.POSITIVE_INFINITY,
  ...changes,
});

describe('applyGuardrails', () => {
  it('leaves a plan within its limits alone', () => {
    expect(applyGuardrails(plan(), limits())).toEqual({
      kind: 'allowed',
      plan: plan(),
      effects: [],
      reasons: [],
      because: [],
    });
  });

  it('names what it caps and raises, with before and after', () => {
    const capped = applyGuardrails(plan(), limits({ maxDelayMs: 4_000 }));
    const raised = applyGuardrails(plan(), limits({ minDelayMs: 15_000 }));
    expect(capped).toMatchObject({ effects: [{ name: 'max_delay', before: 10_000, after: 4_000 }] });
    expect(raised).toMatchObject({ effects: [{ name: 'min_delay', before: 10_000, after: 15_000 }] });
  });

  it('refuses a wait that ends after the deadline, and says which bound it was', () => {
    expect(applyGuardrails(plan(), limits({ untilDeadlineMs: 9_999 }))).toMatchObject({
      kind: 'refused',
      reason: 'deadline_before_retry',
    });
    expect(applyGuardrails(plan(), limits({ untilMaxElapsedMs: 9_999 }))).toMatchObject({
      kind: 'refused',
      reason: 'max_elapsed_before_retry',
    });
    expect(applyGuardrails(plan(), limits({ untilDeadlineMs: 10_000 })).kind).toBe('allowed');
  });

  it('never lets a jittered delay out of the limits', () => {
    const delays = fc.nat(1_000_000);
    fc.assert(
      fc.property(
        fc.record({
          delayMs: delays,
          extraMs: delays,
          minDelayMs: delays,
          maxExtraMs: delays,
          untilDeadlineMs: delays,
          jitterRatio: fc.double({ min: 0, max: 1, noNaN: true }),
          isFloored: fc.boolean(),
        }),
        ({ delayMs, extraMs, minDelayMs, maxExtraMs, untilDeadlineMs, jitterRatio, isFloored }) => {
          const maxDelayMs = minDelayMs + maxExtraMs;
          const asked = plan({ delayMs, capMs: delayMs + extraMs, jitterRatio, isFloored });
          const guarded = applyGuardrails(asked, limits({ minDelayMs, maxDelayMs, untilDeadlineMs }));
          if (guarded.kind === 'refused') return;
          const { fromMs, toMs } = jitterRange(guarded.plan);
          expect(fromMs).toBeLessThanOrEqual(toMs);
          expect(fromMs).toBeGreaterThanOrEqual(minDelayMs);
          expect(toMs).toBeLessThanOrEqual(Math.min(maxDelayMs, untilDeadlineMs));
        },
      ),
    );
  });

  it('says what is left and what would be waited so that they differ', () => {
    const guarded = applyGuardrails(plan({ delayMs: 2_001 }), limits({ untilDeadlineMs: 1_995 }));
    expect(guarded).toMatchObject({
      because: "the job's deadline is in 1.995 s, before a wait of 2.001 s is over",
    });
  });

  it('says for how long the time of a policy has been over', () => {
    const guarded = applyGuardrails(plan({ delayMs: 2_000 }), limits({ untilMaxElapsedMs: -7_000 }));
    expect(guarded).toMatchObject({ because: "the policy's longest elapsed time was over 7 s ago" });
  });
});

describe('jitterRange', () => {
  const shareOfMostCommon = (draw: () => number): number => {
    const counts = new Map<number, number>();
    for (let i = 0; i < 10_000; i++) {
      const delayMs = draw();
      counts.set(delayMs, (counts.get(delayMs) ?? 0) + 1);
    }
    return Math.max(...counts.values()) / 10_000;
  };

  it('spreads delays at the cap below it, so that nobody aligns there', () => {
    const atCap = plan({ delayMs: 30_000 });
    expect(jitterRange(atCap)).toEqual({ fromMs: 24_000, toMs: 30_000 });
    const rng = createRng([1, 2, 3, 4]);
    const { fromMs, toMs } = jitterRange(atCap);
    expect(shareOfMostCommon(() => uniformInteger(rng, fromMs, toMs))).toBeLessThan(0.01);
  });

  it('control: clamping after jitter aligns half of the delays at the cap', () => {
    const rng = createRng([1, 2, 3, 4]);
    expect(shareOfMostCommon(() => Math.min(30_000, uniformInteger(rng, 24_000, 36_000)))).toBeGreaterThan(0.4);
  });

  it('only lengthens a floored wait', () => {
    expect(jitterRange(plan({ isFloored: true, floorMs: 10_000 }))).toEqual({ fromMs: 10_000, toMs: 12_000 });
  });
});
