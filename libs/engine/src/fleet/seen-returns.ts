/** Of five seconds: whoever is due in these, up to now, may be who asks. As long as failures are weighed for a breaker. */
export const RETURNING_SLOTS = 4;

/**
 * A job that came back: `prompt` when this process had told it to, `known` to it from before another process put it off, or
 * `guessed`: unknown, and taken for one that another had put off.
 */
export type SeenReturn = 'prompt' | 'known' | 'guessed';

type Seen = Record<SeenReturn | 'slot', number>;

/** Jobs that came back to this process lately. */
export class SeenReturns {
  readonly #slots: readonly Seen[] = Array.from({ length: RETURNING_SLOTS }, () => ({
    slot: 0,
    prompt: 0,
    known: 0,
    guessed: 0,
  }));

  /**
   * Whether one more may be guessed. Whoever comes back may ask any of `replicas`, so that one of so many asks the process that
   * has put it off last: all that come back here are about `replicas · prompt`.
   */
  mayGuess(slot: number, replicas: number): boolean {
    let left = 0;
    for (const { slot: ofSlot, prompt, known, guessed } of this.#slots) {
      if (ofSlot > slot - RETURNING_SLOTS) left += (replicas - 1) * prompt - known - guessed;
    }
    return left > 0;
  }

  note(slot: number, how: SeenReturn): void {
    const seen = this.#slots[slot % RETURNING_SLOTS];
    if (seen === undefined) return;
    if (seen.slot !== slot) Object.assign(seen, { slot, prompt: 0, known: 0, guessed: 0 });
    seen[how]++;
  }
}
