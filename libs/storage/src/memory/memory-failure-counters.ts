import type { EpochMs, FailureCounters } from '@smart-retry/domain';
import { failureSlot, oldestFailureSlot } from '../failure-window.js';

/** Failures over the trailing window in this process. At most `maxKeys` keys are held; those untouched longest go first. */
export class MemoryFailureCounters implements FailureCounters {
  readonly #maxKeys: number;
  /** Counts by slot; keys in order of their last touch. */
  readonly #keys = new Map<string, Map<number, number>>();

  constructor({ maxKeys = 100_000 }: { readonly maxKeys?: number } = {}) {
    this.#maxKeys = maxKeys;
  }

  async add(increments: ReadonlyMap<string, number>, nowMs: EpochMs): Promise<ReadonlyMap<string, number>> {
    const sums = new Map<string, number>();
    for (const [key, increment] of increments) sums.set(key, this.#addToKey(key, increment, nowMs));
    for (const key of this.#keys.keys()) {
      if (this.#keys.size <= this.#maxKeys) break;
      this.#keys.delete(key);
    }
    return sums;
  }

  #addToKey(key: string, increment: number, nowMs: EpochMs): number {
    const slots = this.#keys.get(key) ?? new Map<number, number>();
    this.#keys.delete(key);
    const oldest = oldestFailureSlot(nowMs);
    for (const slot of slots.keys()) if (slot < oldest) slots.delete(slot);
    if (increment !== 0) slots.set(failureSlot(nowMs), (slots.get(failureSlot(nowMs)) ?? 0) + increment);
    if (slots.size > 0) this.#keys.set(key, slots);
    return [...slots.values()].reduce((sum, count) => sum + count, 0);
  }
}
