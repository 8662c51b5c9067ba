import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { NEW_BREAKER, type BreakerRecord } from '@smart-retry/domain';
import { T0 } from '@smart-retry/domain/testing';
import {
  nextBreaker,
  PROBE_TIMEOUT_MS,
  probesOf,
  probesSince,
  type BreakerEvidence,
  type CallEvidence,
} from './breaker.js';

const NOTHING: CallEvidence = { failed: 0, succeeded: 0, assumed: 0 };
const evidence = (changes: Partial<BreakerEvidence> = {}): BreakerEvidence => ({
  recent: NOTHING,
  since: NOTHING,
  quiet: { sinceMs: T0, tries: 0 },
  consecutiveFailures: 0,
  failedJobs: null,
  hasFirstTries: true,
  longestOpenMs: () => 60_000,
  ...changes,
});
const recent = (failed: number, succeeded: number, changes: Partial<BreakerEvidence> = {}) =>
  evidence({ recent: { failed, succeeded, assumed: 0 }, ...changes });
const since = (failed: number, succeeded: number, assumed = 0) => evidence({ since: { failed, succeeded, assumed } });
const after = (breaker: BreakerRecord, told: BreakerEvidence, nowMs: number) => nextBreaker(breaker, told, nowMs);

const OPEN = after(NEW_BREAKER, recent(10, 0), T0);
const HALF_OPEN = after(OPEN, evidence(), OPEN.probeAtMs);

describe('nextBreaker', () => {
  it('opens when most of the calls fail', () => {
    expect(OPEN).toMatchObject({ state: 'open', version: 1, sinceMs: T0, probeAtMs: T0 + 5_000 });
  });

  it.each([
    ['too few calls fail', recent(9, 0)],
    ['too many succeed', recent(11, 9)],
    ['the rest is not known to fail', evidence({ recent: { failed: 11, succeeded: 0, assumed: 9 } })],
  ])('stays closed where %s', (_why, told) => {
    expect(after(NEW_BREAKER, told, T0)).toBe(NEW_BREAKER);
  });

  it('opens for five first tries in a row, however few calls there are, and for four it does not', () => {
    const inARow = (consecutiveFailures: number) =>
      after(NEW_BREAKER, evidence({ consecutiveFailures, hasFirstTries: false }), T0).state;
    expect([inARow(4), inARow(5)]).toEqual(['closed', 'open']);
  });

  it('asks for more where only retries are known: jobs that can never succeed look the same', () => {
    const retriesOnly = { hasFirstTries: false };
    expect(after(NEW_BREAKER, recent(19, 0, retriesOnly), T0).state).toBe('closed');
    expect(after(NEW_BREAKER, recent(30, 3, retriesOnly), T0).state).toBe('closed');
    expect(after(NEW_BREAKER, recent(30, 1, retriesOnly), T0).state).toBe('open');
  });

  it('opens for a row of failed retries that is unlikely while all is well, and never for how many there are', () => {
    const inARow = (jobs: number, usualShare: number) =>
      after(NEW_BREAKER, evidence({ failedJobs: { jobs, usualShare }, hasFirstTries: false }), T0).state;
    expect([inARow(4, 0.01), inARow(5, 0.01), inARow(5, 0.5), inARow(17, 0.5), inARow(100, 0.9)]).toEqual([
      'closed',
      'open',
      'closed',
      'open',
      'closed',
    ]);
    const few = { hasFirstTries: false, failedJobs: { jobs: 3, usualShare: 0.1 } };
    expect(after(NEW_BREAKER, recent(100, 0, few), T0).state).toBe('closed');
  });

  it('lets probes through when its time is over, and not before', () => {
    expect(after(OPEN, evidence(), OPEN.probeAtMs - 1)).toBe(OPEN);
    expect(HALF_OPEN).toMatchObject({ state: 'half_open', version: 2 });
  });

  it('lets probes through early where first tries have not failed for a while', () => {
    const open = { ...OPEN, openForMs: 60_000, probeAtMs: T0 + 60_000 };
    const quiet = (tries: number, forMs: number) =>
      after(open, evidence({ quiet: { sinceMs: T0, tries } }), T0 + forMs).state;
    expect([quiet(5, 5_000), quiet(4, 5_000), quiet(500, 4_999)]).toEqual(['half_open', 'open', 'open']);
  });

  it('is left alone for less where many more call meanwhile, by as many probes as they are worth, and never for longer', () => {
    const open: BreakerRecord = { ...OPEN, openForMs: 160_000, probeAtMs: T0 + 160_000 };
    const called = (longestOpenMs: number, forMs: number) =>
      after(open, evidence({ longestOpenMs: () => longestOpenMs }), T0 + forMs);
    expect(called(60_000, 30_000)).toEqual({
      ...open,
      openForMs: 60_000,
      probeAtMs: T0 + 60_000,
      version: open.version + 1,
    });
    expect(called(60_000, 61_000)).toMatchObject({ state: 'half_open', sinceMs: T0 + 61_000 });
    expect(probesOf(called(60_000, 61_000))).toBe(3);
    expect([called(110_000, 30_000), called(180_000, 30_000)]).toEqual([open, open]);
  });

  it('closes when probes come through, and remembers when', () => {
    const nowMs = HALF_OPEN.sinceMs + 300;
    expect(after(HALF_OPEN, since(0, 1), nowMs)).toBe(HALF_OPEN);
    expect(after(HALF_OPEN, since(1, 2), nowMs)).toMatchObject({ state: 'closed', releasedAtMs: nowMs });
  });

  it('opens for half as long again when probes fail, up to a minute', () => {
    let breaker = OPEN;
    const openForMs: number[] = [];
    for (let round = 0; round < 8; round++) {
      breaker = after(breaker, evidence(), breaker.probeAtMs);
      breaker = after(breaker, since(2, 0), breaker.sinceMs + 100);
      openForMs.push(breaker.openForMs);
    }
    expect(openForMs).toEqual([7_500, 11_250, 16_875, 25_312.5, 37_968.75, 56_953.125, 60_000, 60_000]);
  });

  it('is left alone for longer where few call, and found out about by one retry from then on', () => {
    const fewCall = { longestOpenMs: () => 100_000 };
    const failed = { ...since(1, 0), ...fewCall };
    const open = { ...OPEN, openForMs: 56_953.125 };
    const usual = after(open, evidence(fewCall), OPEN.probeAtMs);
    expect([probesOf(open), probesOf(usual)]).toEqual([0, 3]);
    expect(after(usual, failed, OPEN.probeAtMs)).toBe(usual);

    const longer = after(usual, { ...since(2, 0), ...fewCall }, OPEN.probeAtMs);
    expect(longer.openForMs).toBe(85_429.6875);
    const rarely = after(longer, evidence(fewCall), longer.probeAtMs);
    expect(probesOf(rarely)).toBe(1);
    expect(after(rarely, failed, rarely.sinceMs)).toMatchObject({ state: 'open', openForMs: 100_000 });
  });

  it('asks for more where that one comes through, as often as at the beginning of an outage', () => {
    const rarely = { ...HALF_OPEN, openForMs: 100_000 };
    const next = after(rarely, since(0, 1), rarely.sinceMs);
    expect(next).toMatchObject({ state: 'half_open', version: rarely.version + 1 });
    expect(probesOf(next)).toBe(3);
    expect(after(next, since(0, 1), next.sinceMs)).toBe(next);
    expect(after(next, since(0, 2), next.sinceMs).state).toBe('closed');
    expect(after(next, since(2, 0), next.sinceMs)).toMatchObject({ state: 'open', openForMs: 7_500 });
  });

  it('takes ten seconds of first tries of which none is known to fail for probes', () => {
    expect(after(HALF_OPEN, since(0, 0, 8), HALF_OPEN.sinceMs + 9_999)).toBe(HALF_OPEN);
    expect(after(HALF_OPEN, since(0, 0, 8), HALF_OPEN.sinceMs + 10_000).state).toBe('closed');
  });

  it('sends other probes when nothing is heard of the first', () => {
    const next = after(HALF_OPEN, evidence(), HALF_OPEN.sinceMs + PROBE_TIMEOUT_MS);
    expect(next).toMatchObject({ state: 'half_open', version: 3 });
  });

  it('goes by all probes from the first of those that are out', () => {
    const late = (breaker: BreakerRecord) => after(breaker, evidence(), breaker.sinceMs + PROBE_TIMEOUT_MS);
    const third = late(late(HALF_OPEN));
    expect(third).toMatchObject({ version: 4, sinceMs: HALF_OPEN.sinceMs + 2 * PROBE_TIMEOUT_MS });
    expect(probesSince(third)).toEqual({ version: HALF_OPEN.version, sinceMs: HALF_OPEN.sinceMs });
    const ownOf = ({ version, sinceMs }: BreakerRecord) => ({ version, sinceMs });
    const lone = late({ ...HALF_OPEN, openForMs: 100_000 });
    const moved = [after(third, since(2, 0), T0), after(third, since(0, 2), T0), after(lone, since(0, 1), T0)];
    expect(moved.map(({ state }) => state)).toEqual(['open', 'closed', 'half_open']);
    expect(moved.map(probesSince)).toEqual(moved.map(ownOf));
  });

  it('never moves from closed to half open, nor from open to closed, and counts each move once', () => {
    const counts = fc.record({ failed: fc.nat(50), succeeded: fc.nat(50), assumed: fc.nat(50) });
    const quiet = fc.record({ sinceMs: fc.constant(T0), tries: fc.nat(10) });
    const told = fc.record({
      recent: counts,
      since: counts,
      hasFirstTries: fc.boolean(),
      longestOpenMs: fc.integer({ min: 60_000, max: 300_000 }).map((ms) => () => ms),
      quiet,
      consecutiveFailures: fc.nat(6),
      failedJobs: fc.record({ jobs: fc.nat(20), usualShare: fc.double({ min: 0.01, max: 0.99, noNaN: true }) }),
    });
    fc.assert(
      fc.property(fc.array(fc.tuple(told, fc.nat(90_000)), { maxLength: 40 }), (steps) => {
        let breaker = NEW_BREAKER;
        let nowMs = T0;
        for (const [what, waitMs] of steps) {
          nowMs += waitMs;
          const next = nextBreaker(breaker, what, nowMs);
          if (next === breaker) continue;
          expect(next.version).toBe(breaker.version + 1);
          expect(`${breaker.state} ${next.state}`).not.toMatch(
            /^(closed half_open|open closed|closed closed|open open)$/,
          );
          expect(next.openForMs).toBeLessThanOrEqual(300_000);
          breaker = next;
        }
      }),
    );
  });
});
