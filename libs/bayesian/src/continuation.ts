/** How much of what was counted is left after one more failure. */
const MEMORY = 0.99;
/** Before anything is known, incidents are thought to go on in four cases of five. */
const PRIOR_CONTINUED = 4;
const PRIOR_RENEWED = 1;

/** How often an incident has gone on when a retry fails, and how often others had succeeded meanwhile. */
export class Continuation {
  #continued = 0;
  #renewed = 0;

  /** Notes one failed retry. */
  note({ hasContinued }: { readonly hasContinued: boolean }): void {
    this.#continued = MEMORY * this.#continued + Number(hasContinued);
    this.#renewed = MEMORY * this.#renewed + Number(!hasContinued);
  }

  /** The chance that the incident has gone on when the next retry fails, 0–1. */
  get share(): number {
    const continued = PRIOR_CONTINUED + this.#continued;
    return continued / (continued + PRIOR_RENEWED + this.#renewed);
  }
}
