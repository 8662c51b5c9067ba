import type { BreakerOverride, BreakerState, EpochMs } from '@smart-retry/domain';
import { UNITS_PER_CALL } from '@smart-retry/guardrails';
import type { BudgetPlaces } from './budget-places.js';
import type { Dependency } from './dependency.js';

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
  };
  /** Calls of the last twenty seconds that speak of it. */
  readonly recent: { readonly failed: number; readonly succeeded: number };
  /** Null where nobody reports them. */
  readonly firstTriesPerSecond: number | null;
  /** Ordinary retries that the budget still holds for the next minute; null where it is not enforced. */
  readonly budgetLeftRetries: number | null;
  /** Ordinary retries that have a place from now on. */
  readonly parkedRetries: number;
  /** Until when a server has asked its callers to wait; null when none has. */
  readonly hintUntilMs: EpochMs | null;
}

export interface StateContext {
  readonly budget: BudgetPlaces | null;
  readonly override: BreakerOverride | null;
  readonly nowMs: EpochMs;
}

export function stateOfDependency(name: string, dependency: Dependency, context: StateContext): DependencyState {
  const { budget, override, nowMs } = context;
  const breaker = dependency.lookAtBreaker(nowMs);
  const { failed, succeeded, assumed } = dependency.evidence(nowMs).recent;
  const fromSecond = Math.floor(nowMs / 1_000);
  let parkedUnits = 0;
  for (const second of dependency.bookings.keys()) {
    if (second >= fromSecond) parkedUnits += dependency.bookings.get(second);
  }
  const hintLeftMs = dependency.hintLeftMs(nowMs);
  return {
    name,
    breaker: {
      state: override?.state ?? breaker.state,
      sinceMs: breaker.version === 0 ? null : breaker.sinceMs,
      probeAtMs: breaker.state === 'open' ? breaker.probeAtMs : null,
      override,
    },
    recent: { failed, succeeded: Math.round(succeeded + assumed) },
    firstTriesPerSecond: dependency.firstTriesPerSecond(nowMs),
    budgetLeftRetries: budget === null ? null : Math.floor(budget.leftInMinute(nowMs) / UNITS_PER_CALL),
    parkedRetries: Math.max(0, parkedUnits) / UNITS_PER_CALL,
    hintUntilMs: hintLeftMs === 0 ? null : nowMs + hintLeftMs,
  };
}
