import type { BreakerOverride, BreakerRecord, EpochMs, FailureKind, RetryFeatures } from '@smart-retry/domain';
import { admitRetry, type DependencyView } from '@smart-retry/guardrails';
import { hasJobId } from '../job-attempt-key.js';
import type { BudgetPlaces, FleetPlace } from './budget-places.js';
import type { Dependency } from './dependency.js';
import type { FleetGate } from './fleet-gate.js';
import { mostReturningUnits } from './returning-units.js';
import type { BookedTurn } from './turns.js';
import type { WindowPlaces } from './window-places.js';

/** A failed job, and what is kept of it and of its dependency. */
export interface Meeting {
  readonly features: RetryFeatures;
  readonly name: string;
  readonly dependency: Dependency;
  readonly limits: readonly WindowPlaces[];
  readonly units: number;
  readonly turn: BookedTurn | null;
  /** Whether workers like its own are thought to ask again when they are put off; who has done so himself does. */
  readonly asksAgain: () => boolean;
}

/** How its dependency is doing as of now. */
interface Circumstances {
  readonly kind: FailureKind;
  readonly breaker: BreakerRecord;
  /** Probes that this process may give. */
  readonly probesLeft: number;
  readonly override: BreakerOverride | null;
  readonly budget: BudgetPlaces | null;
  readonly sharedHintMs: number;
  readonly place: FleetPlace;
}

/**
 * Whether it may be promised a place. Other processes do not know what this one promises, and nobody knows a job again that has
 * no id; one whose worker never asks comes all the same.
 */
export function canPromise(
  { features, asksAgain }: Pick<Meeting, 'features' | 'asksAgain'>,
  place: FleetPlace,
): boolean {
  return place.replicas <= 1 && (hasJobId(features) || !asksAgain());
}

/** What there is to say of a failed job. Looks only. */
export function gateFor(
  met: Meeting,
  { kind, breaker, probesLeft, override, budget, sharedHintMs, place }: Circumstances,
  nowMs: EpochMs,
): FleetGate {
  const { features, name, dependency, limits, units, turn, asksAgain } = met;
  const state = override?.state ?? breaker.state;
  const view: DependencyView = {
    dependency: name,
    breaker: state,
    probeAtMs: breaker.probeAtMs,
    openForMs: breaker.openForMs,
    troubleLastedMs: dependency.trouble.lastedMs(nowMs),
    heldOpenBecause: override?.state === 'open' ? (override.reason ?? '') : null,
    hasProbe: probesLeft > 0 && kind !== 'own_fault',
    turn,
    asksAgain: state === 'closed' || turn?.hasWaited === true || asksAgain(),
    isKnownAgain: hasJobId(features),
    canPromise: canPromise(met, place),
    sinceReleaseMs: breaker.releasedAtMs === null ? Number.POSITIVE_INFINITY : nowMs - breaker.releasedAtMs,
    budget,
    limits,
    line: () => dependency.told.line({ budget, units, place }, nowMs),
    unplacedMs: (fromMs, toMs, draw) => {
      const mostUnitsPerSecond = mostReturningUnits(dependency, nowMs);
      return dependency.told.untoldBetween({ fromMs, toMs, draw }, { mostUnitsPerSecond, place });
    },
  };
  return {
    isCalm: state === 'closed',
    isLeftAlone: state !== 'closed' && kind !== 'own_fault',
    isHeldOpen: view.heldOpenBecause !== null,
    hasWaited: turn?.hasWaited === true,
    sharedHintMs,
    admit: (question) => admitRetry({ ...question, units }, view),
  };
}
