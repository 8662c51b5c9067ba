import type { BreakerOverride, BreakerState, EpochMs } from '@smart-retry/domain';
import { EVIDENCE_WINDOW_MS, UNITS_PER_CALL, type CallEvidence } from '@smart-retry/guardrails';
import { SLOT_MS, slotOf } from './call-tally.js';
import { Dependency } from './dependency.js';
import { REPORTS_ALL_MS } from './first-try-rate.js';
import type { Fleet } from './fleet.js';
import { allReportedMs, hintLeftMs } from './latest-news.js';

/** How a dependency is doing, for people. */
export interface DependencyState {
  readonly name: string;
  readonly breaker: {
    /** The operator's word where there is one. */
    readonly state: BreakerState;
    readonly sinceMs: EpochMs | null;
    /** When the next probes go out; null while it is not open. */
    readonly probeAtMs: EpochMs | null;
    readonly override: BreakerOverride | null;
    /** Which calls move it: retries where reports are not known to be of all first tries, since failures alone say nothing of the rest. */
    readonly goesBy: 'first_tries' | 'retries';
  };
  /** Calls of the last twenty seconds that speak of it; where the breaker does not go by first tries, all that were told of. */
  readonly recent: { readonly failed: number; readonly succeeded: number };
  /** Null where nobody reports them. */
  readonly firstTriesPerSecond: number | null;
  /** How many times as long a retry takes as a first try, 1–10; null where the times of either are not reported. */
  readonly retryTimeRatio: number | null;
  /** Ordinary retries that the budget still holds for the next minute; null where it is not enforced. */
  readonly budgetLeftRetries: number | null;
  /** Retries that have a place, now or after a wait, and are not due yet, or for less than five seconds: each is one, whatever it costs of the budget. */
  readonly parkedRetries: number;
  /** Jobs that were put off, by a breaker, a budget or a limit, and will ask again. */
  readonly waitingJobs: number;
  /** Retries a second that it is called with since it has answered that a limit was reached; null where it has not lately. */
  readonly throttledPerSecond: number | null;
  /** Until when a server has asked its callers to wait; null when none has. */
  readonly hintUntilMs: EpochMs | null;
}

/** At most `limit` dependencies: those heard of, the latest first, then those of which only an operator has spoken. */
export function dependencyStates(fleet: Fleet, nowMs: EpochMs, limit: number): readonly DependencyState[] {
  const states: DependencyState[] = [];
  for (const [name, dependency] of fleet.entries()) {
    if (states.length >= limit) return states;
    states.push(describe(fleet, name, dependency, nowMs));
  }
  const unheard = fleet.overrides.filter(({ dependency }) => fleet.peek(dependency) === null);
  return [...states, ...unheard.slice(0, limit - states.length).map((held) => describeHeld(fleet, held, nowMs))];
}

/** Null where nothing has been heard of it, and no operator holds its breaker. */
export function dependencyState(fleet: Fleet, name: string, nowMs: EpochMs): DependencyState | null {
  const dependency = fleet.peek(name);
  if (dependency !== null) return describe(fleet, name, dependency, nowMs);
  const held = fleet.overrideOf(name);
  return held === null ? null : describeHeld(fleet, held, nowMs);
}

/** How many dependencies there are by the state of their breaker. A closed one is taken as it was when it was last asked. */
export function countBreakers(fleet: Fleet, nowMs: EpochMs): Readonly<Record<BreakerState, number>> {
  const counts = { closed: 0, open: 0, half_open: 0 };
  for (const [name, dependency] of fleet.entries()) {
    const { breaker } = dependency;
    const own = breaker.state === 'closed' ? breaker : dependency.lookAtBreaker(nowMs);
    counts[fleet.overrideOf(name)?.state ?? own.state]++;
  }
  for (const { dependency, state } of fleet.overrides) if (fleet.peek(dependency) === null) counts[state]++;
  return counts;
}

function describeHeld(fleet: Fleet, held: BreakerOverride, nowMs: EpochMs): DependencyState {
  return describe(fleet, held.dependency, new Dependency(fleet.terms), nowMs);
}

function describe(fleet: Fleet, name: string, dependency: Dependency, nowMs: EpochMs): DependencyState {
  const override = fleet.overrideOf(name);
  const budget = fleet.budgetOf(dependency, nowMs);
  const breaker = dependency.lookAtBreaker(nowMs);
  const { recent, hasFirstTries } = dependency.evidence(nowMs);
  const { failed, succeeded, assumed } = hasFirstTries ? recent : toldOfLate(dependency, nowMs);
  const saysAll = hasFirstTries || nowMs - allReportedMs(dependency.latest) <= REPORTS_ALL_MS;
  const hintMs = hintLeftMs(dependency.latest, nowMs);
  return {
    name,
    breaker: {
      state: override?.state ?? breaker.state,
      sinceMs: breaker.version === 0 ? null : breaker.sinceMs,
      probeAtMs: breaker.state === 'open' ? breaker.probeAtMs : null,
      override,
      goesBy: saysAll ? 'first_tries' : 'retries',
    },
    recent: { failed, succeeded: Math.round(succeeded + assumed) },
    firstTriesPerSecond: dependency.firstTriesPerSecond(nowMs),
    retryTimeRatio: dependency.retryTimeRatio(nowMs),
    budgetLeftRetries: budget === null ? null : Math.floor(budget.leftInMinute(nowMs) / UNITS_PER_CALL),
    parkedRetries: dependency.calls.placedAt(nowMs),
    waitingJobs: dependency.calls.allWaitingAt(nowMs),
    throttledPerSecond: dependency.paceAt(nowMs, fleet.place),
    hintUntilMs: hintMs === 0 ? null : nowMs + hintMs,
  };
}

/** Calls that were told of, whatever they are worth as evidence. */
function toldOfLate({ calls }: Dependency, nowMs: EpochMs): CallEvidence {
  const to = slotOf(nowMs) + 1;
  const from = to - EVIDENCE_WINDOW_MS / SLOT_MS;
  const firstFailed = Math.max(calls.sum('firstAsked', from, to), calls.sum('firstFailed', from, to));
  return {
    failed: firstFailed + calls.sum('retriesFailed', from, to),
    succeeded: calls.sum('firstSucceeded', from, to) + calls.sum('retriesSucceeded', from, to),
    assumed: 0,
  };
}
