import type { EpochMs, FleetEvidence, RetryFeatures, RetryPolicy, Rng, Strategy } from '@smart-retry/domain';
import type { Admission } from '@smart-retry/guardrails';
import type { FleetGate } from './fleet/fleet-gate.js';
import type { Restricted } from './restrict-proposal.js';
import { timeLeftOf } from './time-left.js';

export interface GateContext {
  readonly features: RetryFeatures;
  readonly policy: RetryPolicy | null;
  readonly strategy: Pick<Strategy, 'guardrails'>;
  readonly nowMs: EpochMs;
  readonly rng: Rng;
  readonly letsOthersProbe: boolean;
  readonly takesNoPlace?: boolean;
}

/** Asks the gate for a retry after `delayMs`; null where there is none, or nothing to ask: a defer burns no attempt. */
export function passGate(
  gate: FleetGate | undefined,
  delayMs: number,
  restricted: Extract<Restricted, { kind: 'wait' }>,
  { features, policy, strategy: { guardrails }, nowMs, rng, letsOthersProbe, takesNoPlace }: GateContext,
): Admission | null {
  if (gate === undefined || restricted.isDeferred) return null;
  const { untilDeadlineMs, untilMaxElapsedMs } = timeLeftOf(features, policy, nowMs);
  const { isFloored, floorMs } = restricted.plan;
  return gate.admit({
    nowMs,
    delayMs,
    floorMs: Math.min(Math.max(guardrails.minDelayMs, isFloored ? floorMs : 0), delayMs),
    untilEndMs: Math.min(untilDeadlineMs, untilMaxElapsedMs),
    maxDelayMs: guardrails.maxDelayMs,
    draw: rng(),
    letsOthersProbe,
    takesNoPlace,
  });
}

/** What the audit trail keeps of the gate, so that the decision can be replayed. */
export function evidenceOfGate({ isCalm, sharedHintMs }: FleetGate, admission: Admission | null): FleetEvidence {
  if (admission === null) return { isCalm, sharedHintMs, verdict: null };
  const { kind, delayMs, askAgainMs, reasons, effects, because } = admission;
  const verdict = { kind, delayMs, reasons, effects, because };
  return { isCalm, sharedHintMs, verdict: askAgainMs === undefined ? verdict : { ...verdict, askAgainMs } };
}
