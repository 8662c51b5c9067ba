import type { FleetEvidence } from '@smart-retry/domain';
import type { Admission, AdmissionQuestion } from '@smart-retry/guardrails';

/** What the guardrails that all callers of a dependency share have to say of one failed job. */
export interface FleetGate {
  /** Whether the dependency's breaker is closed, so that something may be tried. */
  readonly isCalm: boolean;
  /** Whether no retry goes ahead at the dependency but those that find out whether it is back. */
  readonly isLeftAlone: boolean;
  /** Whether an operator holds the breaker open, nobody knows until when. */
  readonly isHeldOpen: boolean;
  /** Whether the job was put off before, at this attempt, as far as this process can tell. */
  readonly hasWaited: boolean;
  /** How much longer a server has asked others to wait, in milliseconds. */
  readonly sharedHintMs: number;
  admit(question: Omit<AdmissionQuestion, 'units'>): Admission;
}

/** The gate that says again what it said when a decision was made. */
export function repeatGate({ isCalm, sharedHintMs, verdict }: FleetEvidence): FleetGate {
  return {
    isCalm,
    // Who was stopped asked nothing of the gate.
    isLeftAlone: !isCalm && verdict !== null,
    // Only plans look further than what was decided.
    isHeldOpen: false,
    hasWaited: verdict !== null,
    sharedHintMs,
    admit: ({ delayMs }) => ({
      ...(verdict ?? { kind: 'admitted', delayMs, reasons: [], effects: [], because: [] }),
      booking: null,
      isProbe: false,
    }),
  };
}
