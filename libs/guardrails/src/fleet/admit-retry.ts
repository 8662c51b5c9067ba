import { describeDuration, type EpochMs, type ReasonCode } from '@smart-retry/domain';
import type { Admission, AdmissionQuestion, DependencyView, LimitView, WaitingLine } from './admission.js';
import { findRoom, type FoundRoom } from './find-room.js';
import { USUAL_LONGEST_OPEN_MS } from './longest-open.js';
import { ASKS_IN_TIME_SHARE, deferUntil, refuse } from './put-off.js';
import { waitForBreaker, waitForProbes } from './wait-for-breaker.js';

/** A turn that was missed by more than this is no turn any more. */
const LATE_TURN_MS = 10_000;
/** So far ahead a place is given away at once where none can be promised; for one further away the job asks again. */
const NEARBY_MS = 10_000;
/** Over this time after an outage those are spread that waited for its end, where nobody knows what a dependency can take. */
const RELEASE_SPREAD_MS = 60_000;
const SECOND_MS = 1_000;

/**
 * Whether a retry may go ahead as planned, beside all others that call the same dependency: its breaker first, then its
 * retry budget and the limits of its tenant, queue and job type. What may not go ahead now is put off, and has its place
 * then; what may not be put off for so long is refused. Pure: books nothing, but says what is to be booked.
 */
export function admitRetry(question: AdmissionQuestion, view: DependencyView): Admission {
  const admission = admitByBreaker(question, view);
  // A probe goes to who asks soon: where few wait, nobody else does.
  if (admission.kind !== 'deferred' || view.isKnownAgain || admission.wantsProbe === true) return admission;
  // One that is not known again is one more failure each time: it asks when its wait is over, or while there is time for a retry.
  const { delayMs, askAgainMs = delayMs } = admission;
  const inTimeMs = Math.max(askAgainMs, Math.floor(ASKS_IN_TIME_SHARE * question.untilEndMs));
  return { ...admission, askAgainMs: Math.min(delayMs, inTimeMs) };
}

function admitByBreaker(question: AdmissionQuestion, view: DependencyView): Admission {
  switch (view.breaker) {
    case 'open':
      return waitForBreaker(question, view);
    case 'half_open':
      // A probe at once would use up an attempt of one who never asks again: retries that were told before find out as well.
      if (!view.asksAgain || letsOthers(question, view)) return waitForProbes(question, view);
      return view.hasProbe ? sendProbe(question, view) : { ...waitForProbes(question, view), wantsProbe: true };
    case 'closed':
      return admitAtClosed(question, view);
  }
}

function admitAtClosed(question: AdmissionQuestion, view: DependencyView): Admission {
  const { budget, turn } = view;
  const admission = turn?.bookedSecond == null ? findPlace(question, view) : takeTurn(question, view, turn);
  // Without any, nothing but limits puts off or turns away: those say so themselves.
  const isUnknown = budget === null ? admission.kind === 'admitted' : budget.isEstimated;
  return isUnknown ? { ...admission, reasons: [...admission.reasons, 'budget_unknown'] } : admission;
}

/** For as long again as the breaker was open, but no longer than is usual, since perhaps there are no others; and not where time would be over by then. */
function letsOthers(
  { letsOthersProbe = false, nowMs, untilEndMs }: AdmissionQuestion,
  { probeAtMs, openForMs }: DependencyView,
): boolean {
  const untilMs = probeAtMs + Math.min(openForMs, USUAL_LONGEST_OPEN_MS);
  return letsOthersProbe && nowMs < untilMs && untilMs + SECOND_MS < nowMs + untilEndMs;
}

function sendProbe(
  { nowMs, draw, units, delayMs, floorMs }: AdmissionQuestion,
  { dependency, turn }: DependencyView,
): Admission {
  const atMs = nowMs + Math.max(floorMs, Math.floor(draw * SECOND_MS));
  return {
    kind: 'admitted',
    delayMs: atMs - nowMs,
    reasons: turn === null ? ['breaker_probe'] : ['breaker_probe', 'deferred_turn'],
    effects: [{ name: 'breaker', before: delayMs, after: atMs - nowMs }],
    because: [`it is one of the few that find out whether dependency "${dependency}" is back`],
    booking: { second: secondOf(atMs), units },
    isProbe: true,
  };
}

function findPlace(question: AdmissionQuestion, view: DependencyView): Admission {
  const { nowMs, delayMs, draw, units, floorMs } = question;
  const { budget, turn } = view;
  // Whoever was put off has waited already.
  const earliestMs = nowMs + (turn === null ? delayMs : floorMs);
  const wanted = secondOf(earliestMs);
  const room = findRoom(wanted, units, draw, view);
  if (room.second !== wanted) {
    return view.canPromise ? waitForRoom(room, question, view) : takeNearbyPlace(room, wanted, question, view);
  }
  if (budget === null) return admitUnbudgeted(question, view);
  return admit(earliestMs - nowMs, question, turn === null ? [] : ['deferred_turn']);
}

/**
 * Where several processes answer, a promise would be known to one of them: what the others promise the same job is lost to
 * everybody, as is what one is promised that is not known again. So a place is either given away at once, or not at all.
 */
function takeNearbyPlace(
  room: FoundRoom,
  wanted: number,
  question: AdmissionQuestion,
  view: DependencyView,
): Admission {
  const { nowMs, draw, maxDelayMs, untilEndMs } = question;
  const { second } = room;
  const waitMs = second === null ? Number.POSITIVE_INFINITY : second * SECOND_MS + Math.floor(draw * SECOND_MS) - nowMs;
  const isNearby = second !== null && second < wanted + NEARBY_MS / SECOND_MS;
  if (isNearby && waitMs <= Math.min(maxDelayMs, untilEndMs)) return admit(waitMs, question, ['deferred_turn']);
  const putOff = waitForRoom(room, question, view);
  if (putOff.kind === 'refused') return putOff;
  const askAgainMs = Math.ceil(NEARBY_MS * (0.5 + draw));
  return { ...putOff, askAgainMs: Math.min(askAgainMs, putOff.delayMs), booking: null };
}

/** Where nobody knows what a dependency can take. */
function admitUnbudgeted(question: AdmissionQuestion, { turn, sinceReleaseMs }: DependencyView): Admission {
  const { delayMs, floorMs, draw } = question;
  const spreadMs = Math.max(0, RELEASE_SPREAD_MS - sinceReleaseMs);
  if (turn === null) return admit(delayMs, question, []);
  if (spreadMs === 0) return admit(floorMs, question, ['deferred_turn']);
  const spread = Math.min(Math.floor(floorMs + draw * spreadMs), question.maxDelayMs, question.untilEndMs);
  return admit(spread, question, ['release_ramp', 'deferred_turn']);
}

/** Until the first place; where none is promised, until those have had theirs who wait already. */
function waitForRoom(
  { second, heldBy }: FoundRoom,
  question: AdmissionQuestion,
  { budget, dependency, canPromise, line }: DependencyView,
): Admission {
  const { nowMs, draw, units, maxDelayMs, untilEndMs } = question;
  const isLimit = heldBy !== null && heldBy !== 'budget';
  if (isLimit && heldBy.isClosed) return refuseClosed(heldBy);
  const what = isLimit
    ? `the limit of ${heldBy.scope}`
    : `the retry budget of dependency "${dependency}" (${budget?.scope})`;
  const left = (isLimit ? heldBy : budget)?.describeLeft(nowMs) ?? 'nothing';
  const until = second === null ? 'until further notice' : `for ${describeDuration(second * SECOND_MS - nowMs)}`;
  const atMs = second === null ? nowMs + maxDelayMs : second * SECOND_MS + Math.floor(draw * SECOND_MS);
  // Whoever asks again may have a place before it is his turn: a deadline between the two stops nobody.
  const placeMs = !canPromise && second !== null ? placeInLine({ atMs, second, heldBy }, question, line()) : atMs;
  const turnMs = Math.min(placeMs, Math.max(atMs, nowMs + untilEndMs));
  return deferUntil(turnMs, question, {
    mayPassSooner: true,
    guardrail: isLimit ? 'tenant_limit' : 'budget',
    reason: isLimit ? 'tenant_limit_spent' : 'budget_spent',
    because: `${what} has no place ${until}; within a minute there is ${left}`,
    booking: second === null ? null : { second, units },
  });
}

/** For one who never asks again: after those who wait already, and when no others were told to come. */
function placeInLine(
  { atMs, second, heldBy }: { readonly atMs: EpochMs; readonly second: number; readonly heldBy: FoundRoom['heldBy'] },
  { nowMs, draw }: AdmissionQuestion,
  line: WaitingLine,
): EpochMs {
  const limit = heldBy !== null && heldBy !== 'budget' && heldBy.waitsApart ? heldBy : null;
  const before = limit === null ? line.waiting : limit.waitingAt(nowMs);
  const perSecond = (limit ?? line).retriesPerSecond(second);
  return line.untoldMs(atMs + (before === 0 ? 0 : (SECOND_MS * before) / perSecond), draw);
}

/** To ask again is of no use. */
function refuseClosed({ scope }: LimitView): Admission {
  return {
    kind: 'refused',
    delayMs: 0,
    booking: null,
    isProbe: false,
    reasons: ['tenant_limit_spent'],
    effects: [{ name: 'tenant_limit', before: 'retry', after: 'stop' }],
    because: [`the limit of ${scope} allows none`],
  };
}

function takeTurn(
  question: AdmissionQuestion,
  view: DependencyView,
  turn: NonNullable<DependencyView['turn']>,
): Admission {
  const { nowMs, delayMs, draw, units, floorMs } = question;
  const turnMs = (turn.bookedSecond ?? 0) * SECOND_MS;
  // The same question asked again: what it needs is booked, as planned, or a little later where that has no room.
  if (!turn.hasWaited) {
    if (turnMs <= nowMs + delayMs) return admitted(delayMs, [], 'kept');
    const waitMs = turnMs + Math.floor(draw * SECOND_MS) - nowMs;
    const anew = findPlace(question, { ...view, turn: null });
    const isKept = anew.delayMs !== delayMs && waitMs <= Math.min(question.maxDelayMs, question.untilEndMs);
    return isKept ? admitted(waitMs, ['deferred_turn'], 'kept') : anew;
  }
  if (nowMs > turnMs + LATE_TURN_MS) return findPlace(question, { ...view, turn: { ...turn, bookedSecond: null } });
  if (turnMs > nowMs + SECOND_MS) {
    // The budget may have grown, or places been given back.
    const { second: earlier, heldBy } = findRoom(secondOf(nowMs + floorMs), units, draw, view);
    if (earlier !== null && earlier * SECOND_MS < turnMs)
      return findPlace(question, { ...view, turn: { ...turn, bookedSecond: null } });
    const isLimit = heldBy !== null && heldBy !== 'budget';
    const where = isLimit
      ? `under the limit of ${heldBy.scope}`
      : `in the retry budget of dependency "${view.dependency}"`;
    return deferUntil(turnMs + Math.floor(draw * SECOND_MS), question, {
      mayPassSooner: true,
      guardrail: isLimit ? 'tenant_limit' : 'budget',
      reason: isLimit ? 'tenant_limit_spent' : 'budget_spent',
      because: `its turn ${where} has not come yet`,
      booking: 'kept',
    });
  }
  const waitMs = Math.max(floorMs, turnMs - nowMs);
  return waitMs > question.untilEndMs
    ? refuse(waitMs, question, { guardrail: 'budget', reason: 'budget_spent', because: 'its turn comes too late' })
    : admitted(waitMs, ['deferred_turn'], 'kept');
}

function admit(delayMs: number, { nowMs, units }: AdmissionQuestion, reasons: readonly ReasonCode[]): Admission {
  return admitted(delayMs, reasons, { second: secondOf(nowMs + delayMs), units });
}

function admitted(delayMs: number, reasons: readonly ReasonCode[], booking: Admission['booking']): Admission {
  return { kind: 'admitted', delayMs, reasons, effects: [], because: [], booking, isProbe: false };
}

/** The second that holds a time. */
function secondOf(atMs: EpochMs): number {
  return Math.floor(atMs / SECOND_MS);
}
