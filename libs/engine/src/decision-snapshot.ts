import type { ConfigurationFreshness } from './configuration-freshness.js';
import type { ConfigurationSnapshot } from './configuration-snapshot.js';
import type { FleetGate } from './fleet/fleet-gate.js';
import type { Hindsight } from './hindsight.js';
import type { Layer } from './layers.js';

/** Everything that a decision depends on besides the failed job itself; loaded before. */
export interface DecisionSnapshot {
  readonly configuration: ConfigurationSnapshot;
  /** Absent: confirmed. */
  readonly freshness?: ConfigurationFreshness;
  readonly learnedLayers: readonly Layer[];
  /** Whether the audit trail can still take a record. */
  readonly canAudit: boolean;
  /** Whether something may be tried only to learn from it; never in a preview. */
  readonly explores: boolean;
  /** The guardrails that all callers of a dependency share; absent where they do not matter. */
  readonly gate?: FleetGate | undefined;
  /** What past answers teach of how far to trust an estimate; absent: it is shown as it is. */
  readonly hindsight?: Pick<Hindsight, 'correctionOf'> | undefined;
}
