import type { EpochMs } from './features.js';
import type { BreakerRecord } from './fleet.js';

/**
 * What is summed over all processes: calls by slot of time, units booked by second, calls since a breaker's transition; and
 * by group of tenants, units asked for by slot of time, and units booked by second.
 */
export const FLEET_SUMS = ['calls', 'bookings', 'since', 'demand', 'shares'] as const;
export type FleetSum = (typeof FLEET_SUMS)[number];

/** One sum for each whole number that stands for a time, or a part of one. */
export type SumsByKey = ReadonlyMap<number, number>;

/** What one process has to tell of a dependency, or of what jobs use that have a limit together. */
export interface FleetNews {
  /** Absent: a dependency. */
  readonly kind?: 'limit';
  /** Its name, among those of its kind. */
  readonly dependency: string;
  /** What it has added since it last told. */
  readonly added: Readonly<Record<FleetSum, SumsByKey>>;
  /** Sums below these keys are of no use any more. */
  readonly forgetBelow: Readonly<Record<FleetSum, number>>;
  /** Times of the latest news by kind; the later one is kept. */
  readonly latest: Readonly<Record<string, EpochMs>>;
  /** Its breaker as it sees it; the record of the higher version is kept, of two with the same version the first. */
  readonly breaker: BreakerRecord;
  /** Probes that it would give. */
  readonly wantedProbes: number;
  /** Probes that this version of its breaker lets through, whoever gives them. */
  readonly mostProbes: number;
}

/** What all processes know of a dependency together. */
export interface FleetShare {
  readonly sums: Readonly<Record<FleetSum, SumsByKey>>;
  readonly latest: Readonly<Record<string, EpochMs>>;
  readonly breaker: BreakerRecord;
  /** Probes that this process may give, while the breaker has the version that it told: all together never more than it lets through. */
  readonly probes: number;
  /** Whether the ledger knew nothing of it before: new, or lost. */
  readonly isNew: boolean;
}

/** Who is there, as the ledger sees it. */
export interface FleetMembership {
  readonly replicas: number;
  /** Which of them this one is, from 0. */
  readonly rank: number;
  /** The ledger's own time. */
  readonly nowMs: EpochMs;
}

/** Where processes compare notes about what they share. What it holds is rebuilt from traffic when it is lost. */
export interface FleetLedger {
  /** Says that a process is there; those unheard of for `goneAfterMs` are gone, by the ledger's clock and not by anybody's own. */
  join(replica: string, goneAfterMs: number): Promise<FleetMembership>;
  /**
   * Says of which dependencies a process has news, and answers those of which any process had some within `quietMs`, at most
   * `limit`, the latest first: so that one which has not been asked yet learns of them, too.
   */
  inUse(
    names: readonly string[],
    terms: { readonly quietMs: number; readonly limit: number },
  ): Promise<readonly string[]>;
  /** Takes what a process has to tell, and answers, in order, what all know; each dependency at once or not at all. */
  exchange(news: readonly FleetNews[]): Promise<readonly FleetShare[]>;
}
