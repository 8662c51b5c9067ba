import { describeUnequalDurations, type EpochMs, type GuardrailName, type ReasonCode } from '@smart-retry/domain';
import type { Admission, AdmissionQuestion } from './admission.js';

/** Whoever is put off for longer asks again on the way. */
export const ASK_AGAIN_MS = 10_000;

interface Obstacle {
  readonly guardrail: GuardrailName;
  readonly reason: ReasonCode;
  /** A clause for the rationale, without a full stop. */
  readonly because: string;
  readonly booking?: Admission['booking'];
  /** Whether there may be room sooner: then the job asks again halfway. */
  readonly mayPassSooner?: boolean;
}

/**
 * Puts a retry off until `atMs`, or as far towards it as one wait may go, which is what a worker that never asks again waits;
 * never less than a server asked for. Refuses it where its time is over by then.
 */
export function deferUntil(atMs: EpochMs, question: AdmissionQuestion, obstacle: Obstacle): Admission {
  const waitMs = Math.max(question.floorMs, Math.ceil(atMs - question.nowMs));
  if (waitMs > question.untilEndMs) return refuse(waitMs, question, obstacle);
  const { guardrail, reason, because, booking = null, mayPassSooner = false } = obstacle;
  const delayMs = Math.min(waitMs, question.maxDelayMs);
  return {
    kind: 'deferred',
    delayMs,
    askAgainMs: mayPassSooner ? Math.min(delayMs, Math.max(ASK_AGAIN_MS, Math.ceil(waitMs / 2))) : delayMs,
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
