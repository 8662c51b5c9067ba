import type { EpochMs } from '@smart-retry/domain';

/** Of those that were put off, newer ones count twice as much as when there were so many before. */
const HALF_AFTER = 200;
/** One that asked again may be taken for one that did not, where the process that answered him knows no more of it. */
const MOST_MISTAKEN = 2;
/** Workers change; and those that name no job are never seen to ask again. */
const REMEMBERED_MS = 86_400_000;

/** Whether workers that are put off ask again, or run the job when their wait is over; known to this process only. */
export class Askers {
  #again = 0;
  #never = 0;
  #neverAtMs: EpochMs = 0;

  noteAgain(): void {
    this.#again++;
    this.#fade();
  }

  noteNever(nowMs: EpochMs): void {
    if (nowMs - this.#neverAtMs > REMEMBERED_MS) this.#never = 0;
    this.#neverAtMs = nowMs;
    this.#never++;
    this.#fade();
  }

  /** They do as long as nothing says otherwise. */
  askAgainAt(nowMs: EpochMs): boolean {
    if (nowMs - this.#neverAtMs > REMEMBERED_MS) return true;
    return this.#never <= MOST_MISTAKEN * this.#again + MOST_MISTAKEN;
  }

  #fade(): void {
    if (this.#again + this.#never < 2 * HALF_AFTER) return;
    this.#again /= 2;
    this.#never /= 2;
  }
}
