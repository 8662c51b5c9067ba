/** Holds what can be made anew: at most so much at a time, the oldest is thrown away for one more. */
export class Shelf {
  readonly #discards: (() => void)[] = [];
  readonly #max: number;
  #next = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** @param discard how to throw away what has just been made */
  keep(discard: () => void): void {
    this.#discards[this.#next]?.();
    this.#discards[this.#next] = discard;
    this.#next = (this.#next + 1) % this.#max;
  }
}
