import type { EpochMs } from '@smart-retry/domain';
import type { Admission, AdmissionQuestion, Booking, DependencyView } from './admission.js';
import { MOST_UNITS_OF_RETRY } from './failure-kind.js';
import { findRoom } from './find-room.js';
import { ASK_AGAIN_MS, ASKS_IN_TIME_SHARE, CAP_SPREAD, deferUntil, refuseReturning, refuseUntold } from './put-off.js';

/** Non-probes ask again after this long, and up to thrice it, while probes are under way. */
const PROBES_UNDER_WAY_MS = 5_000;
/** A breaker that an operator holds open is looked at again after this long, and up to twice it. */
const HELD_OPEN_MS = 30_000;
/** Where no budget spreads those who never ask again, this does. */
const UNBUDGETED_SPREAD_MS = 60_000;
/** Who never asks again waits at least for this share of the time that the trouble has lasted: about as often probes go out. */
const LASTED_SHARE = 1 / 3;
/** … but only so much of the longest wait, so that there may be a place until then. */
const LONGEST_SHARE = 0.9;
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
  const because = `an operator holds the breaker of dependency "${dependency}" open until further notice${reason}`;
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
  const { placeMs, booking, tooMuch } = findPlaceAfter(askAtMs, question, view);
  const obstacle = { guardrail: 'breaker', reason: 'breaker_open', because, booking, askAtMs } as const;
  if (tooMuch === 'places') return refuseUntold(placeMs - nowMs, question, obstacle);
  if (tooMuch === 'returning') return refuseReturning(question, obstacle);
  // Whoever asks in time may be let go then: a place that is too late stops nobody.
  return deferUntil(Math.min(placeMs, Math.max(askAtMs, nowMs + untilEndMs)), question, obstacle);
}

interface PlaceAfter {
  readonly placeMs: EpochMs;
  readonly booking: Booking | 'kept' | null;
  /** What there is too much of, where a retry that comes before it would keep the dependency down: default nothing. */
  readonly tooMuch?: 'places' | 'returning';
}

function findPlaceAfter(askAtMs: EpochMs, question: AdmissionQuestion, view: DependencyView): PlaceAfter {
  const { nowMs, draw, maxDelayMs, takesNoPlace = false } = question;
  const { turn, heldOpenBecause, asksAgain } = view;
  const furthest = { placeMs: nowMs + maxDelayMs + 1, booking: null };
  const isCrowd = !asksAgain && view.budget !== null;
  if (heldOpenBecause !== null) return furthest;
  if (takesNoPlace) return isCrowd && !isTimeout(question) ? comeWithoutPlace(furthest, question, view) : furthest;
  if (turn?.bookedSecond != null && turn.bookedSecond * SECOND_MS >= askAtMs)
    return { placeMs: turn.bookedSecond * SECOND_MS + draw * SECOND_MS, booking: 'kept' };
  const planned = findPlaceFrom(Math.max(askAtMs, nowMs + waitWithoutBreaker(question, view)), question, view);
  if (!isCrowd) return planned ?? furthest;
  const isInTime = ({ placeMs }: PlaceAfter) => placeMs <= nowMs + maxDelayMs;
  const place = planned !== null && isInTime(planned) ? planned : findPlaceFrom(askAtMs, question, view);
  if (place !== null && isInTime(place)) return place;
  // What timed out is worked off for nobody.
  if (isTimeout(question)) return { ...(place ?? furthest), booking: null, tooMuch: 'places' };
  return comeWithoutPlace(place ?? furthest, question, view);
}

function isTimeout({ units }: AdmissionQuestion): boolean {
  return units >= MOST_UNITS_OF_RETRY;
}

/** Where too many are turned away nobody is served. */
function comeWithoutPlace(place: PlaceAfter, question: AdmissionQuestion, view: DependencyView): PlaceAfter {
  const { nowMs, draw, floorMs, maxDelayMs } = question;
  const earliestMs = nowMs + Math.min(maxDelayMs, Math.max(CAP_SPREAD * maxDelayMs, floorMs));
  const atMs = view.unplacedMs(earliestMs, nowMs + maxDelayMs, draw);
  return atMs === null ? { ...place, booking: null, tooMuch: 'returning' } : { placeMs: atMs, booking: null };
}

/** Null: none within the horizon. */
function findPlaceFrom(
  earliestMs: EpochMs,
  { draw, units }: AdmissionQuestion,
  view: DependencyView,
): PlaceAfter | null {
  const { second } = findRoom(Math.floor(earliestMs / SECOND_MS) + 1, units, draw, view);
  if (second === null) return null;
  if (view.budget === null) return { placeMs: earliestMs + draw * UNBUDGETED_SPREAD_MS, booking: null };
  const placeMs = second * SECOND_MS + draw * SECOND_MS;
  if (view.canPromise) return { placeMs, booking: { second, units } };
  const line = view.line();
  const behindMs = (SECOND_MS * line.waiting) / line.retriesPerSecond(second);
  return { placeMs: line.untoldMs(placeMs + behindMs, draw), booking: null };
}

/** As planned; whoever never asks again uses up an attempt each time, and has the fewer left the longer the trouble lasts. */
function waitWithoutBreaker(
  { delayMs, draw, maxDelayMs }: AdmissionQuestion,
  { asksAgain, troubleLastedMs }: DependencyView,
): number {
  if (asksAgain) return delayMs;
  const longestMs = (LONGEST_SHARE + (1 - LONGEST_SHARE) * draw) * maxDelayMs - 2 * SECOND_MS;
  return Math.max(delayMs, Math.min(LASTED_SHARE * troubleLastedMs, longestMs));
}
