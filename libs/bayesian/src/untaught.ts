/** Something that is taught. */
export interface Taught {
  /** Grows with each teaching among those that are compared. */
  readonly lastTaught: number;
}

interface Place<What> {
  readonly what: What;
  readonly taught: Taught;
  /** … when the order was worked out. */
  readonly lastTaught: number;
}

/**
 * Which of many things was untaught for longest. Their order is worked out when something is to be forgotten, and then
 * holds for as many as there are: to keep it up to date with every lesson costs more than the lesson.
 */
export class Untaught<What> {
  readonly #all: () => Iterable<readonly [What, Taught]>;
  /** The one untaught for longest comes last; those that were taught since are left out when their turn comes. */
  #order: Place<What>[] = [];

  /** @param all what there is now */
  constructor(all: () => Iterable<readonly [What, Taught]>) {
    this.#all = all;
  }

  /** The one untaught for longest, which stays; undefined where there is none. */
  longest(): What | undefined {
    return (this.#longest() ?? this.#workOut())?.what;
  }

  /** To be called when what `longest` has answered is forgotten. */
  forget(): void {
    this.#order.pop();
  }

  #longest(): Place<What> | undefined {
    let last = this.#order.at(-1);
    while (last !== undefined && last.taught.lastTaught !== last.lastTaught) {
      this.#order.pop();
      last = this.#order.at(-1);
    }
    return last;
  }

  #workOut(): Place<What> | undefined {
    this.#order = [];
    for (const [what, taught] of this.#all()) this.#order.push({ what, taught, lastTaught: taught.lastTaught });
    this.#order.sort((a, b) => b.lastTaught - a.lastTaught);
    return this.#order.at(-1);
  }
}
