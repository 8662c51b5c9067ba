import { describeUnequalDurations, type EpochMs, type GuardrailName, type ReasonCode } from '@smart-retry/domain';
import type { Admission, AdmissionQuestion } from './admission.js';

interface Obstacle {
  readonly guardrail: GuardrailName;
  readonly reason: ReasonCode;
  /** A clause for the rationale, without a full stop. */
  readonly because: string;
  readonly booking?: Admission['booking'];
}

/** Puts a retry off until `atMs`, or as far towards it as one wait may go; refuses it where its time is over by then. */
export function deferUntil(atMs: EpochMs, question: AdmissionQuestion, obstacle: Obstacle): Admission {
  const waitMs = Math.max(0, Math.ceil(atMs - question.nowMs));
  if (waitMs > question.untilEndMs) return refuse(waitMs, question, obstacle);
  const { guardrail, reason, because, booking = null } = obstacle;
  return {
    kind: 'deferred',
    delayMs: Math.min(waitMs, question.maxDelayMs),
    reasons: [reason],
    effects: [{ name: guardrail, before: 'retry', after: 'defer' }],
    because: [because],
    booking,
    isProbe: false,
  };
}

/** The answer where a retry cannot be put off for as long as it would have to wait. */
export function refuse(
  waitMs: number,
  { untilEndMs }: AdmissionQuestion,
  { guardrail, reason, because }: Obstacle,
): Admission {
  const [wait, left] = describeUnequalDurations(waitMs, Math.max(0, untilEndMs));
  return {
    kind: 'refused',
    delayMs: 0,
    booking: null,
    isProbe: false,
    reasons: [reason],
    effects: [{ name: guardrail, before: 'retry', after: 'stop' }],
    because: [`${because}; it would have to wait ${wait}, and ${left} are left`],
  };
}
