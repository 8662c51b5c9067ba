import type { EpochMs } from '@smart-retry/domain';
import { mostReturningPerSecond, UNITS_PER_CALL } from '@smart-retry/guardrails';
import { perSecondOfLate } from './calls-of-late.js';
import type { Dependency } from './dependency.js';

/** Units a second that may come to a dependency in trouble, of those who never ask again. */
export function mostReturningUnits(dependency: Dependency, nowMs: EpochMs): number {
  const { calls, breaker } = dependency;
  const most = mostReturningPerSecond({
    firstTriesPerSecond: dependency.pacedFirstTries(nowMs) ?? Number.POSITIVE_INFINITY,
    firstFailedPerSecond: perSecondOfLate(calls, 'firstAsked', nowMs),
    // The few that find out whether it is back say nothing of how many it serves.
    retriesSucceededPerSecond: breaker.state === 'open' ? perSecondOfLate(calls, 'retriesSucceeded', nowMs) : 0,
  });
  return UNITS_PER_CALL * most;
}
