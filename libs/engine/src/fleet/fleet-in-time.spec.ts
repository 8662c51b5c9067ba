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

/** Ten minutes of work, then an outage of three minutes and what comes after; told `lateMs` after it happened. */
const playOutage = (fleet: FleetInTime, fromMs: EpochMs, lateMs: number, seconds = 300): Admission['kind'][] => {
  const firstTries = { jobType: 'sync', dependency: 'erp', succeeded: 3_000, failed: 0 };
  fleet.noteCounts([{ ...firstTries, windowStartMs: fromMs - 600_000, windowEndMs: fromMs }], fromMs + lateMs);
  return Array.from({ length: seconds }, (_, i) => {
    const atMs = fromMs + i * 1_000;
    const { kind } = ask(fleet, `job-${i}`, atMs, atMs + lateMs);
    if (kind === 'admitted') report(fleet, `job-${i}`, i > 180, atMs + 900, atMs + 900 + lateMs);
    return kind;
  });
};

describe('FleetInTime', () => {
  it('answers a replay as it would have been answered then, and leaves the present as it was', () => {
    const [then, now] = [fleetOf(), fleetOf()];
    const lived = playOutage(then, T0, 0);
    expect(new Set(lived)).toEqual(new Set(['admitted', 'deferred']));
    expect(playOutage(now, T0, DAY_MS)).toEqual(lived);
    expect(dependencyState(now.present, 'erp', T0 + DAY_MS)).toBeNull();
  });

  it('begins anew where a replay goes back', () => {
    const fleet = fleetOf();
    playOutage(fleet, T0 - DAY_MS, DAY_MS, 120);
    expect(ask(fleet, 'a moment before', T0 - DAY_MS + 110_000, T0).kind).toBe('deferred');
    expect(ask(fleet, 'the day before', T0 - 2 * DAY_MS, T0).kind).toBe('admitted');
  });

  it('keeps the replays of several dependencies apart, each with a clock of its own', () => {
    const fleet = fleetOf();
    playOutage(fleet, T0 - DAY_MS, DAY_MS, 120);
    const other = { jobType: 'sync', dependency: 'crm', succeeded: 1, failed: 0 };
    fleet.noteCounts([{ ...other, windowStartMs: T0 - 2 * DAY_MS, windowEndMs: T0 - 2 * DAY_MS }], T0);
    fleet.at('crm', T0 - 2 * DAY_MS, T0);
    expect(ask(fleet, 'late', T0 - DAY_MS + 120_000, T0).kind).toBe('deferred');
  });

  it('lets look at what is replayed, and begins nothing for it', () => {
    const fleet = fleetOf();
    playOutage(fleet, T0 - DAY_MS, DAY_MS, 120);
    const thenMs = T0 - DAY_MS + 120_000;
    expect(fleet.peek('erp', thenMs, T0)).toBe(fleet.at('erp', thenMs, T0));
    expect(fleet.peek('erp', T0 - 2 * DAY_MS, T0)).toBeUndefined();
    expect(fleet.peek('crm', thenMs, T0)).toBeUndefined();
    expect(fleet.peek('crm', T0, T0)).toBe(fleet.present);
    expect(ask(fleet, 'late', thenMs, T0).kind).toBe('deferred');
  });

  it('has no ear for an operator, who speaks of the present', () => {
    const fleet = fleetOf([{ dependency: 'erp', state: 'open', reason: 'migration' }]);
    expect(ask(fleet, 'now', T0, T0).kind).toBe('deferred');
    expect(ask(fleet, 'then', T0 - DAY_MS, T0).kind).toBe('admitted');
  });
});
