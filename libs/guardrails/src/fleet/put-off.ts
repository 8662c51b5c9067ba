import {
  describeDuration,
  describeUnequalDurations,
  type EpochMs,
  type GuardrailName,
  type ReasonCode,
} from '@smart-retry/domain';
import type { Admission, AdmissionQuestion } from './admission.js';

/** Whoever is put off for longer asks again on the way. */
export const ASK_AGAIN_MS = 10_000;
/** Of the time that a job has left, what it may wait before it asks again. */
export const ASKS_IN_TIME_SHARE = 0.9;
/** Who has to wait for as long as a server said waits up to this share of it longer. */
const HINT_SPREAD = 0.1;
/** Who would have to wait for longer than may be waits up to this share less than may be. */
export const CAP_SPREAD = 0.5;

interface Obstacle {
  readonly guardrail: GuardrailName;
  readonly reason: ReasonCode;
  /** A clause for the rationale, without a full stop. */
  readonly because: string;
  readonly booking?: Admission['booking'];
  /** When more may be known; default: when it is put off until, or halfway where there may be room sooner. */
  readonly askAtMs?: EpochMs;
  readonly mayPassSooner?: boolean;
}

/**
 * Puts a retry off until `atMs`, or as far towards it as one wait may go, which is what a worker that never asks again waits;
 * never less than a server asked for. Refuses it where its time is over by then. Where many have to wait for as long as a server
 * asked for, or longer than one wait may be, they do not come back all at once.
 */
export function deferUntil(atMs: EpochMs, question: AdmissionQuestion, obstacle: Obstacle): Admission {
  const { nowMs, floorMs, untilEndMs } = question;
  const waitMs = Math.max(floorMs, Math.ceil(atMs - nowMs));
  if (waitMs > untilEndMs) return refuse(waitMs, question, obstacle);
  const { guardrail, reason, because, booking = null, askAtMs = atMs, mayPassSooner = false } = obstacle;
  const askMs = mayPassSooner ? Math.max(ASK_AGAIN_MS, waitMs / 2) : askAtMs - nowMs;
  const delayMs = spreadWait(waitMs, question);
  return {
    kind: 'deferred',
    delayMs,
    askAgainMs: Math.min(delayMs, Math.max(floorMs, Math.ceil(askMs))),
    reasons: [reason],
    effects: [{ name: guardrail, before: 'retry', after: 'defer' }],
    because: [because],
    booking,
    isProbe: false,
  };
}

/** A wait that is decided by the server's word or by the longest that may be is the same for all: those are spread. */
function spreadWait(waitMs: number, { floorMs, untilEndMs, maxDelayMs, draw }: AdmissionQuestion): number {
  const afterHintMs = Math.max(waitMs, Math.min(untilEndMs, floorMs * (1 + HINT_SPREAD * draw)));
  if (afterHintMs <= maxDelayMs) return Math.floor(afterHintMs);
  const leastMs = Math.min(maxDelayMs, Math.max(floorMs, (1 - CAP_SPREAD) * maxDelayMs));
  return Math.floor(maxDelayMs - draw * (maxDelayMs - leastMs));
}

/** The answer where a retry cannot be put off for as long as it would have to wait. */
export function refuse(waitMs: number, { untilEndMs }: AdmissionQuestion, obstacle: Obstacle): Admission {
  const [wait, left] = describeUnequalDurations(waitMs, Math.max(0, untilEndMs));
  return refusal(obstacle, `it would have to wait ${wait}, and its time is over in ${left}`);
}

/** The same of one who never asks again: after the longest wait it would come when others have the places. */
export function refuseUntold(waitMs: number, { maxDelayMs }: AdmissionQuestion, obstacle: Obstacle): Admission {
  const [wait, longest] = describeUnequalDurations(waitMs, maxDelayMs);
  const why = `all places of the next ${longest}, the longest wait, are taken: the first free one is in ${wait}`;
  return refusal(obstacle, `${why}, and its worker would not ask again until then`);
}

/** The same where it may come without a place, but as many do as the dependency can turn away. */
export function refuseReturning({ maxDelayMs }: AdmissionQuestion, obstacle: Obstacle): Admission {
  const longest = describeDuration(maxDelayMs);
  const why = `within ${longest}, the longest wait, there are as many retries as it can turn away`;
  return refusal(obstacle, `${why}, and its worker would not ask again until then`);
}

function refusal({ guardrail, reason, because }: Obstacle, why: string): Admission {
  return {
    kind: 'refused',
    delayMs: 0,
    booking: null,
    isProbe: false,
    reasons: [reason],
    effects: [{ name: guardrail, before: 'retry', after: 'stop' }],
    because: [`${because}; ${why}`],
  };
}
