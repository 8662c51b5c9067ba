import { describe, expect, it } from '@jest/globals';
import { DEFAULT_STRATEGY, type BreakerOverride, type EpochMs } from '@smart-retry/domain';
import { someFeatures, someReport, T0 } from '@smart-retry/domain/testing';
import type { Admission } from '@smart-retry/guardrails';
import { dependencyState } from './dependency-state.js';
import { FleetInTime } from './fleet-in-time.js';

const DAY_MS = 86_400_000;

const fleetOf = (breakerOverrides: readonly BreakerOverride[] = []) =>
  new FleetInTime({
    guardrails: () => ({ ...DEFAULT_STRATEGY.guardrails, breakerOverrides }),
    objective: () => DEFAULT_STRATEGY.objective,
    maxDependencies: 10,
    maxTurns: 1_000,
  });

const ask = (fleet: FleetInTime, jobId: string, failedAtMs: EpochMs, receivedAtMs: EpochMs): Admission => {
  const features = someFeatures({ dependency: 'erp', jobId, errorClass: 'timeout', failedAtMs });
  const then = fleet.at('erp', failedAtMs, receivedAtMs);
  const question = {
    nowMs: failedAtMs,
    delayMs: 1_000,
    floorMs: 0,
    untilEndMs: Infinity,
    maxDelayMs: 300_000,
    draw: 0.5,
  };
  const admission = then.meet(features, failedAtMs).admit(question);
  then.settle(features, { isRetry: admission.kind !== 'refused', admission }, failedAtMs);
  return admission;
};

const report = (fleet: FleetInTime, jobId: string, success: boolean, timestampMs: EpochMs, receivedAtMs: EpochMs) => {
  const of = { jobId, dependency: 'erp', attemptNumber: 2, success, timestampMs };
  fleet.noteReports(
    [
      {
        report: someReport({ ...of, ...(!success && { errorClass: 'timeout' }) }),
        isRetry: true,
        sampleRate: 1,
        recordedAtMs: receivedAtMs,
        aggregationIntervalMs: 60_000,
      },
    ],
    receivedAtMs,
  );
};

/** A minute of work, an outage of three, and what comes after; told `lateMs` after it happened. */
const playOutage = (
  fleet: FleetInTime,
  fromMs: EpochMs,
  { lateMs = 0, seconds = 400, isReported = true }: { lateMs?: number; seconds?: number; isReported?: boolean } = {},
): Admission['kind'][] =>
  Array.from({ length: seconds }, (_, i) => {
    const atMs = fromMs + i * 1_000;
    const isDown = i >= 60 && i < 240;
    const { kind } = ask(fleet, `job-${i}`, atMs, atMs + lateMs);
    if (i % 30 === 0) {
      const window = { windowStartMs: atMs - 30_000, windowEndMs: atMs };
      const tries = { jobType: 'sync', dependency: 'erp', succeeded: isDown ? 0 : 300, failed: isDown ? 300 : 0 };
      fleet.noteCounts([{ ...tries, ...window }], atMs + lateMs);
    }
    if (isReported && kind === 'admitted') report(fleet, `job-${i}`, !isDown, atMs + 900, atMs + 900 + lateMs);
    return kind;
  });

/** Until its breaker is open. */
const beginOutage = (fleet: FleetInTime, fromMs: EpochMs) =>
  playOutage(fleet, fromMs, { lateMs: DAY_MS, seconds: 120 });

describe('FleetInTime', () => {
  it('answers a replay as it would have been answered then, and leaves the present as it was', () => {
    const [then, now, untold] = [fleetOf(), fleetOf(), fleetOf()];
    const lived = playOutage(then, T0);
    expect(new Set(lived)).toEqual(new Set(['admitted', 'deferred']));
    expect(playOutage(now, T0, { lateMs: DAY_MS })).toEqual(lived);
    expect(dependencyState(now.present, 'erp', T0 + DAY_MS)).toBeNull();
    // Control: reports are what closes the breaker.
    expect(playOutage(untold, T0, { lateMs: DAY_MS, isReported: false })).not.toEqual(lived);
  });

  it('begins with a question: what is imported is no replay', () => {
    const fleet = fleetOf();
    fleet.noteCounts(
      [{ jobType: 'sync', dependency: 'erp', succeeded: 9, failed: 0, windowStartMs: 0, windowEndMs: 1 }],
      T0,
    );
    report(fleet, 'old', true, T0 - DAY_MS, T0);
    expect(fleet.peek('erp', T0 - DAY_MS, T0)).toBeUndefined();
    expect(dependencyState(fleet.present, 'erp', T0)).toBeNull();
  });

  it('keeps replays of several times apart', () => {
    const fleet = fleetOf();
    const thenMs = T0 - DAY_MS;
    beginOutage(fleet, thenMs);
    expect(ask(fleet, 'the day before', thenMs - DAY_MS, T0).kind).toBe('admitted');
    expect(ask(fleet, 'a moment ago', T0 - 700_000, T0).kind).toBe('admitted');
    expect(ask(fleet, 'late', thenMs + 121_000, T0).kind).toBe('deferred');
    // Whoever is replayed at more times than that begins anew where he was longest ago.
    expect(ask(fleet, 'one more', thenMs - 2 * DAY_MS, T0).kind).toBe('admitted');
    expect(fleet.peek('erp', thenMs - DAY_MS, T0)).toBeUndefined();
    expect(ask(fleet, 'later', thenMs + 122_000, T0).kind).toBe('deferred');
  });

  it('begins anew without what had been promised', () => {
    const fleet = fleetOf();
    beginOutage(fleet, T0 - DAY_MS);
    const waiting = fleet.at('erp', T0 - DAY_MS + 120_000, T0).turns;
    const job = someFeatures({ dependency: 'erp', jobId: 'job-110' });
    expect(waiting.peek(job)).not.toBeNull();
    for (const days of [2, 3, 4]) fleet.at('erp', T0 - days * DAY_MS, T0);
    expect(waiting.peek(job)).toBeNull();
  });

  it('hears nothing of what came hours later', () => {
    const fleet = fleetOf();
    const askThen = (afterMs: number, retryAfterMs?: number) => {
      const atMs = T0 - DAY_MS + afterMs;
      const features = someFeatures({ dependency: 'erp', jobId: `${afterMs}`, ...(retryAfterMs && { retryAfterMs }) });
      return fleet.at('erp', atMs, T0).meet(features, atMs).sharedHintMs;
    };
    askThen(0, 60_000);
    report(fleet, 'later', true, T0 - DAY_MS + 36_000_000, T0);
    expect(askThen(10_000)).toBe(50_000);
    report(fleet, 'soon', true, T0 - DAY_MS + 20_000, T0);
    expect(askThen(30_000)).toBe(0);
  });

  it('remembers no more of it than of the present', () => {
    const fleet = fleetOf();
    fleet.at('erp', T0 - 9 * DAY_MS, T0);
    for (let i = 0; i < 2_000; i++) report(fleet, `job-${i}`, true, T0 - 9 * DAY_MS + i * 60_000, T0);
    const { calls } = fleet.at('erp', T0 - 9 * DAY_MS + 2_000 * 60_000, T0).dependency('erp');
    expect(calls.sums.keys().size).toBeGreaterThan(0);
    expect(calls.sums.keys().size).toBeLessThan(100);
  });

  it('lets look at what is replayed, and begins nothing for it', () => {
    const fleet = fleetOf();
    beginOutage(fleet, T0 - DAY_MS);
    const thenMs = T0 - DAY_MS + 120_000;
    expect(fleet.peek('crm', thenMs, T0)).toBeUndefined();
    expect(fleet.peek('crm', T0, T0)).toBe(fleet.present);
    expect(fleet.peek('erp', thenMs, T0)).toBe(fleet.at('erp', thenMs, T0));
  });

  it('has no ear for an operator, who speaks of the present', () => {
    const fleet = fleetOf([{ dependency: 'erp', state: 'open', reason: 'migration' }]);
    expect(ask(fleet, 'now', T0, T0).kind).toBe('deferred');
    expect(ask(fleet, 'then', T0 - DAY_MS, T0).kind).toBe('admitted');
  });
});
