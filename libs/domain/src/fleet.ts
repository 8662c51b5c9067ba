import type { EpochMs } from './features.js';

/** How a failure speaks of its dependency, and what a retry after it costs there. */
export type FailureKind =
  /** The call never left the worker. */
  | 'not_sent'
  /** The dependency is up and asks for less. */
  | 'throttled'
  | 'timeout'
  /** No answer, or the answer that there is no service. */
  | 'unavailable'
  /** The job's own doing: another job would have succeeded. */
  | 'own_fault'
  /** Could be either's doing. */
  | 'other';

/** `half_open`: a few probes find out whether the dependency is back. */
export type BreakerState = 'closed' | 'open' | 'half_open';

/** The breaker of one dependency. Each transition makes the next version. */
export interface BreakerRecord {
  readonly version: number;
  readonly state: BreakerState;
  readonly sinceMs: EpochMs;
  /** When an open breaker lets probes through. */
  readonly probeAtMs: EpochMs;
  /** How long it stays open after failed probes. */
  readonly openForMs: number;
  /** When it was closed after an outage; −∞ in JSON is null: never. */
  readonly releasedAtMs: EpochMs | null;
  /** Where more probes were sent beside those that are out: the transition that sent the first of them. Absent: the last one. */
  readonly firstProbes?: { readonly version: number; readonly sinceMs: EpochMs } | undefined;
}

/** An operator's word on a breaker, until it is taken back. */
export interface BreakerOverride {
  readonly dependency: string;
  readonly state: 'open' | 'closed';
  readonly reason?: string;
}

export const NEW_BREAKER: BreakerRecord = {
  version: 0,
  state: 'closed',
  sinceMs: 0,
  probeAtMs: 0,
  openForMs: 0,
  releasedAtMs: null,
};
