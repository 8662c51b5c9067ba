import type { EpochMs } from '@smart-retry/domain';
import type { Admission, AdmissionQuestion, Booking, DependencyView } from './admission.js';
import { findRoom } from './find-room.js';
import { ASK_AGAIN_MS, deferUntil } from './put-off.js';

/** Non-probes ask again after this long, and up to thrice it, while probes are under way. */
const PROBES_UNDER_WAY_MS = 5_000;
/** A breaker that an operator holds open is looked at again after this long, and up to twice it. */
const HELD_OPEN_MS = 30_000;
/** Where no budget spreads those who never ask again, this does. */
const UNBUDGETED_SPREAD_MS = 60_000;
/** Of the time that a job has left, what it may wait before it asks again. */
const ASKS_IN_TIME_SHARE = 0.9;
const SECOND_MS = 1_000;

/** Puts a job off until the breaker's next probes have gone out. */
export function waitForBreaker(question: AdmissionQuestion, view: DependencyView): Admission {
  const { dependency, probeAtMs, openForMs, heldOpenBecause } = view;
  if (heldOpenBecause === null) {
    const because = `dependency "${dependency}" is failing and its breaker is open`;
    const waitMs = Math.max(SECOND_MS, probeAtMs - question.nowMs);
    return waitUntilBack({ waitMs, spreadMs: Math.min(openForMs, ASK_AGAIN_MS), because }, question, view);
  }
  const reason = heldOpenBecause === '' ? '' : ` (${heldOpenBecause})`;
  const because = `an operator holds the breaker of dependency "${dependency}" open${reason}`;
  const waitMs = Math.min(HELD_OPEN_MS, question.untilEndMs / 2);
  return waitUntilBack({ waitMs, spreadMs: HELD_OPEN_MS, because }, question, view);
}

/** Puts a job off until the probes that are under way may have told. */
export function waitForProbes(question: AdmissionQuestion, view: DependencyView): Admission {
  const because = `others find out now whether dependency "${view.dependency}" is back`;
  const waitMs = Math.min(PROBES_UNDER_WAY_MS, question.untilEndMs / 2);
  return waitUntilBack({ waitMs, spreadMs: 2 * PROBES_UNDER_WAY_MS, because }, question, view);
}

/**
 * Whoever asks again does so when more may be known. Whoever never does is not to be part of a storm, nor to use up its
 * attempts while the dependency is down: it waits for about as long as was planned without the breaker, and for a place in
 * the budget from then on, which nobody else is given, or, at a breaker that is held open, for as long as may be waited.
 */
function waitUntilBack(
  { waitMs, spreadMs, because }: { readonly waitMs: number; readonly spreadMs: number; readonly because: string },
  question: AdmissionQuestion,
  view: DependencyView,
): Admission {
  const { nowMs, draw, untilEndMs } = question;
  const spreadInTimeMs = Math.max(0, Math.min(spreadMs, ASKS_IN_TIME_SHARE * untilEndMs - waitMs));
  const askAtMs = nowMs + waitMs + draw * spreadInTimeMs;
  const { placeMs, booking } = findPlaceAfter(askAtMs, question, view);
  const obstacle = { guardrail: 'breaker', reason: 'breaker_open', because, booking, askAtMs } as const;
  // Whoever asks in time may be let go then: a place that is too late stops nobody.
  return deferUntil(Math.min(placeMs, Math.max(askAtMs, nowMs + untilEndMs)), question, obstacle);
}

function findPlaceAfter(
  askAtMs: EpochMs,
  { nowMs, delayMs, draw, units, maxDelayMs, takesNoPlace = false }: AdmissionQuestion,
  view: DependencyView,
): { readonly placeMs: EpochMs; readonly booking: Booking | 'kept' | null } {
  const { budget, turn, isShared, heldOpenBecause } = view;
  const furthest = { placeMs: nowMs + maxDelayMs + 1, booking: null };
  if (heldOpenBecause !== null || takesNoPlace) return furthest;
  if (turn?.bookedSecond != null && turn.bookedSecond * SECOND_MS >= askAtMs)
    return { placeMs: turn.bookedSecond * SECOND_MS + draw * SECOND_MS, booking: 'kept' };
  const earliestMs = Math.max(askAtMs, nowMs + delayMs);
  const { second } = findRoom(Math.floor(earliestMs / SECOND_MS) + 1, units, draw, view);
  if (second === null) return furthest;
  if (budget === null) return { placeMs: earliestMs + draw * UNBUDGETED_SPREAD_MS, booking: null };
  const placeMs = second * SECOND_MS + draw * SECOND_MS;
  if (!isShared) return { placeMs, booking: { second, units } };
  const line = view.line();
  const behindMs = (SECOND_MS * line.waiting) / line.retriesPerSecond(second);
  return { placeMs: line.untoldMs(placeMs + behindMs, draw), booking: null };
}
