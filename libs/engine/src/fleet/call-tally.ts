import type { EpochMs } from '@smart-retry/domain';
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
  /** Jobs that were put off, by when they ask again: whichever process they ask then. */
  returning: 6,
  /** Calls whose processing time is known, and how long they took together. */
  firstTimed: 7,
  firstTimeMs: 8,
  retriesTimed: 9,
  retriesTimeMs: 10,
  /** First tries that failed, for whatever reason. */
  firstToldFailed: 11,
} as const;

export type CountedCall = keyof typeof CALLS;

export const SLOT_MS = 5_000;
const KEYS_PER_SLOT = 16;
/** Where several processes answer, whoever waits asks again within these: a minute until a breaker's probes, and a little. */
const WAITING_SLOTS = 15;

export function slotOf(atMs: EpochMs): number {
  return Math.floor(atMs / SLOT_MS);
}

/** Calls by kind in slots of five seconds, by their own time. */
export class CallTally {
  readonly sums = new SharedSums();

  add(call: CountedCall, slot: number, amount = 1): void {
    this.sums.add(slot * KEYS_PER_SLOT + CALLS[call], amount);
  }

  /** The sum over slots `[fromSlot, toSlot)`. */
  sum(call: CountedCall, fromSlot: number, toSlot: number): number {
    let sum = 0;
    for (let slot = fromSlot; slot < toSlot; slot++) sum += this.sums.get(slot * KEYS_PER_SLOT + CALLS[call]);
    return sum;
  }

  /** Whether a job that asks now is one of those that were put off until about now; each counts once. */
  takeReturning(nowMs: EpochMs): boolean {
    const now = slotOf(nowMs);
    for (let slot = now - 1; slot <= now; slot++) {
      if (this.sum('returning', slot, slot + 1) <= 0) continue;
      this.add('returning', slot, -1);
      return true;
    }
    return false;
  }

  /** Jobs that were put off and will ask again. */
  waitingAt(nowMs: EpochMs): number {
    const now = slotOf(nowMs);
    return Math.max(0, this.sum('returning', now, now + WAITING_SLOTS));
  }

  /** The first of the slots `[fromSlot, toSlot)` with such a call; `toSlot` where there is none. */
  first(call: CountedCall, fromSlot: number, toSlot: number): number {
    for (let slot = fromSlot; slot < toSlot; slot++) {
      if (this.sums.get(slot * KEYS_PER_SLOT + CALLS[call]) > 0) return slot;
    }
    return toSlot;
  }

  forgetBefore(slot: number): void {
    this.sums.forgetBefore(slot * KEYS_PER_SLOT);
  }
}

/** The first key of a slot: what a ledger may forget below it. */
export function firstKeyOf(slot: number): number {
  return slot * KEYS_PER_SLOT;
}
