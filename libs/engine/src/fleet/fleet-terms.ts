import type { Objective } from '@smart-retry/domain';

/** What holds for all dependencies. */
export interface FleetTerms {
  /** Whether several processes compare notes: probes are then given out by the ledger. */
  readonly isSharing: boolean;
  /** What is aimed at, unless a policy says otherwise. */
  readonly objective: () => Objective;
}
