import type { EpochMs } from '@smart-retry/domain';
import { LONGEST_OPEN_MS } from '@smart-retry/guardrails';
import { RETURNING_SLOTS, SeenReturns } from './seen-returns.js';
import { SharedSums } from './shared-sums.js';

/** What is counted of the calls to one dependency. */
const CALLS = {
  /** First tries as reported, one by one or as counts. */
  firstTries: 0,
  firstSucceeded: 1,
  /** First tries that failed, of which the dependency may be the cause: as reported, and as asked about. */
  firstFailed: 2,
  firstAsked: 3,
  retriesSucceeded: 4,
  retriesFailed: 5,
  /** Jobs that were put off after their first try, by when they ask again: whichever process they ask then. */
  firstReturning: 6,
  /** Calls whose processing time is known, and how long they took together. */
  firstTimed: 7,
  firstTimeMs: 8,
  retriesTimed: 9,
  retriesTimeMs: 10,
  /** First tries that failed, for whatever reason. */
  firstToldFailed: 11,
  /** The same of jobs that were put off after a retry. */
  retriesReturning: 12,
  /** Units of budget of jobs that were put off, by when those of them come who never ask again. */
  told: 13,
  /** First tries that a limit turned away, as asked about. */
  firstThrottled: 14,
  /** Retries that have a place, whatever they cost of the budget, by when they are due. */
  placed: 15,
} as const;

export type CountedCall = keyof typeof CALLS;

export const SLOT_MS = 5_000;
const KEYS_PER_SLOT = 16;
/** Where several processes answer, whoever waits asks again within these: until a breaker's probes, and a little. */
const WAITING_SLOTS = LONGEST_OPEN_MS / SLOT_MS + 3;

export function slotOf(atMs: EpochMs): number {
  return Math.floor(atMs / SLOT_MS);
}

/** Whether a job comes when this process has told it to: another one has not put it off since. */
function isPrompt({ asksAtMs }: { readonly asksAtMs: EpochMs | null }, nowMs: EpochMs): boolean {
  return asksAtMs !== null && Math.abs(nowMs - asksAtMs) < SLOT_MS / 2;
}

function returningAfter(attemptNumber: number): 'firstReturning' | 'retriesReturning' {
  return attemptNumber === 1 ? 'firstReturning' : 'retriesReturning';
}

/** Calls by kind in slots of five seconds, by their own time. */
export class CallTally {
  readonly sums = new SharedSums();
  /** Of this process alone. */
  readonly #seen = { firstReturning: new SeenReturns(), retriesReturning: new SeenReturns() };

  add(call: CountedCall, slot: number, amount = 1): void {
    this.sums.add(slot * KEYS_PER_SLOT + CALLS[call], amount);
  }

  /** The sum over slots `[fromSlot, toSlot)`. */
  sum(call: CountedCall, fromSlot: number, toSlot: number): number {
    let sum = 0;
    for (let slot = fromSlot; slot < toSlot; slot++) sum += this.sums.get(slot * KEYS_PER_SLOT + CALLS[call]);
    return sum;
  }

  /** A job that is put off after so many attempts, and will ask again. */
  notePutOff(attemptNumber: number, asksAtMs: EpochMs): void {
    this.add(returningAfter(attemptNumber), slotOf(asksAtMs));
  }

  /**
   * Whether a job that asks now is one of those that were put off until about now; each counts once.
   *
   * Where this process does not know the job itself (no `turn`), that is a guess: as many as `SeenReturns` finds likely, and no
   * more than this process' part of those that are due. Workers that never ask again are due as well, but nobody sees any of
   * them come back. Those that have failed once are kept apart: a job that comes back after a retry would else make a first
   * try that fails look like no news.
   */
  takeReturning(
    attemptNumber: number,
    nowMs: EpochMs,
    by: { readonly replicas: number; readonly turn: { readonly asksAtMs: EpochMs | null } | null },
  ): boolean {
    const name = returningAfter(attemptNumber);
    const now = slotOf(nowMs);
    let [shared, own, takenFrom] = [0, 0, now];
    for (let slot = now; slot > now - RETURNING_SLOTS; slot--) {
      const key = slot * KEYS_PER_SLOT + CALLS[name];
      shared += this.sums.shared(key);
      own += this.sums.pending(key);
      if (this.sums.get(key) > 0) takenFrom = slot;
    }
    const seen = this.#seen[name];
    const isDue = Math.ceil(Math.max(0, shared) / by.replicas) + own > 0;
    if (by.turn === null && !(isDue && seen.mayGuess(now, by.replicas))) return false;
    seen.note(now, by.turn === null ? 'guessed' : isPrompt(by.turn, nowMs) ? 'prompt' : 'known');
    this.add(name, takenFrom, -1);
    return true;
  }

  /** Jobs that were put off and will ask again. */
  waitingAt(nowMs: EpochMs): number {
    const now = slotOf(nowMs);
    const until = now + WAITING_SLOTS;
    return Math.max(0, this.sum('firstReturning', now, until) + this.sum('retriesReturning', now, until));
  }

  /** The same however far ahead. */
  allWaitingAt(nowMs: EpochMs): number {
    return this.#allFrom(slotOf(nowMs), ['firstReturning', 'retriesReturning']);
  }

  /** Retries that have a place from the slot of now on, however far ahead. */
  placedAt(nowMs: EpochMs): number {
    return this.#allFrom(slotOf(nowMs), ['placed']);
  }

  /** Units told for a slot: by all processes as of the last exchange, and by this one since. */
  toldShared(slot: number): number {
    return this.sums.shared(slot * KEYS_PER_SLOT + CALLS.told);
  }

  toldPending(slot: number): number {
    return this.sums.pending(slot * KEYS_PER_SLOT + CALLS.told);
  }

  /** The first of the slots `[fromSlot, toSlot)` with such a call; `toSlot` where there is none. */
  first(call: CountedCall, fromSlot: number, toSlot: number): number {
    for (let slot = fromSlot; slot < toSlot; slot++) {
      if (this.sums.get(slot * KEYS_PER_SLOT + CALLS[call]) > 0) return slot;
    }
    return toSlot;
  }

  #allFrom(slot: number, calls: readonly CountedCall[]): number {
    const first = firstKeyOf(slot);
    const counted = new Set<number>(calls.map((call) => CALLS[call]));
    let sum = 0;
    for (const key of this.sums.keys()) if (key >= first && counted.has(key % KEYS_PER_SLOT)) sum += this.sums.get(key);
    return Math.max(0, sum);
  }

  forgetBefore(slot: number): void {
    this.sums.forgetBefore(slot * KEYS_PER_SLOT);
  }
}

/** The first key of a slot: what a ledger may forget below it. */
export function firstKeyOf(slot: number): number {
  return slot * KEYS_PER_SLOT;
}
