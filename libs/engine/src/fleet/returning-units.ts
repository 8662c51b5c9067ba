import type { EpochMs } from '@smart-retry/domain';
import { mostReturningPerSecond, UNITS_PER_CALL } from '@smart-retry/guardrails';
import { SLOT_MS, slotOf } from './call-tally.js';
import type { Dependency } from './dependency.js';
import { retriesSucceededPerSecond } from './retries-succeeded.js';

const AVERAGED_MS = 60_000;

/** Units a second that may come to a dependency in trouble, of those who never ask again. */
export function mostReturningUnits(dependency: Dependency, nowMs: EpochMs): number {
  const { calls, breaker } = dependency;
  const to = slotOf(nowMs);
  const firstFailed = calls.sum('firstAsked', to - AVERAGED_MS / SLOT_MS, to);
  const most = mostReturningPerSecond({
    firstTriesPerSecond: dependency.pacedFirstTries(nowMs) ?? Number.POSITIVE_INFINITY,
    firstFailedPerSecond: (1_000 * firstFailed) / AVERAGED_MS,
    // The few that find out whether it is back say nothing of how many it serves.
    retriesSucceededPerSecond: breaker.state === 'open' ? retriesSucceededPerSecond(calls, nowMs) : 0,
  });
  return UNITS_PER_CALL * most;
}
