/** How much of what was counted is left after one more outcome. */
const MEMORY = 0.99;
/** Before anything is known, outcomes are thought to be independent, as firmly as by this much variance of them. */
const PRIOR_SQUARES = 3;
/** So that much evidence is never thought to be hardly any. */
const MOST_ALIKE = 0.9;

/**
 * How alike outcomes of a kind of failure are that follow each other: ρ, the correlation of what was not expected of one
 * with that of the next. During an outage all of them fail and after it all succeed, so that ten of them say little more
 * than one; where each fails by itself, ρ is about 0.
 */
export class Likeness {
  #products = 0;
  #squares = 0;
  #last = 0;

  /** @param expected The chance of success that it was given beforehand, 0–1. */
  note(expected: number, { success }: { readonly success: boolean }): void {
    const surprise = Number(success) - expected;
    this.#products = MEMORY * this.#products + surprise * this.#last;
    this.#squares = MEMORY * this.#squares + surprise * surprise;
    this.#last = surprise;
  }

  /** How many independent outcomes one counts for, 0–1: `(1 − ρ) / (1 + ρ)`, as for the mean of a series with that correlation. */
  get independence(): number {
    return independenceOf(this.#alike(0));
  }

  /** The same of some that were picked out of others: while little is known of them they are held for as alike as those. */
  independenceAmong(others: Likeness): number {
    return independenceOf(this.#alike(others.#alike(0)));
  }

  /** ρ, if it is thought to be `before` until something is known. */
  #alike(before: number): number {
    const alike = (PRIOR_SQUARES * before + this.#products) / (PRIOR_SQUARES + this.#squares);
    return Math.min(MOST_ALIKE, Math.max(0, alike));
  }
}

function independenceOf(alike: number): number {
  return (1 - alike) / (1 + alike);
}
