import { KEPT } from './odds-correction.js';

/** The mean of what was noted, `Σ 0.998ⁿ·x / Σ 0.998ⁿ`, n being how many were noted since; in the unit of the values. */
export class FadingMean {
  #sum = 0;
  #count = 0;

  note(value: number): void {
    this.#sum = KEPT * this.#sum + value;
    this.#count = KEPT * this.#count + 1;
  }

  /** The mean as it would be with one more value: the value itself where nothing was noted. */
  with(value: number): number {
    return (this.#sum + value) / (this.#count + 1);
  }
}
