/** One for all: most sums of most dependencies are never shared. */
const NOTHING: ReadonlyMap<number, number> = new Map();

/**
 * Sums by a whole number (a second, a slot of time), kept by several processes: what all had counted when they last
 * compared notes, and what this one has counted since. Alone, a process never compares.
 */
export class SharedSums {
  #shared = NOTHING;
  #sent = NOTHING;
  readonly #pending = new Map<number, number>();
  /** Another one whenever a sum may have become smaller. */
  version = 0;
  /** Another one whenever any sum is. */
  changes = 0;
  /** How often notes were compared. */
  exchanges = 0;

  add(key: number, amount: number): void {
    this.changes++;
    if (amount < 0) this.version++;
    this.#pending.set(key, (this.#pending.get(key) ?? 0) + amount);
  }

  get(key: number): number {
    return (this.#shared.get(key) ?? 0) + (this.#pending.get(key) ?? 0);
  }

  /** By all processes, as of the last exchange. */
  shared(key: number): number {
    return this.#shared.get(key) ?? 0;
  }

  /**
   * By all processes, as far as this one can tell: what it told in the last exchange, each of those that share in it is taken to
   * have told, too, of which it hears in the next. Else each would believe to be free what all take at once. What it gave back
   * nobody else has.
   */
  likelyShared(key: number, sharers: number): number {
    return this.shared(key) + (sharers - 1) * Math.max(0, this.#sent.get(key) ?? 0);
  }

  /** By this process, since the last exchange. */
  pending(key: number): number {
    return this.#pending.get(key) ?? 0;
  }

  /** Every key with a sum, in no order. */
  keys(): ReadonlySet<number> {
    return new Set([...this.#shared.keys(), ...this.#pending.keys()]);
  }

  forgetBefore(key: number): void {
    this.changes++;
    for (const known of this.#pending.keys()) if (known < key) this.#pending.delete(known);
  }

  /** What is to be told to the others. */
  unshared(): ReadonlyMap<number, number> {
    return new Map(this.#pending);
  }

  /**
   * Takes what all have counted by now, of which `sent` was this process' part. Where that `isNew`, what all had counted before
   * is lost, and is told again.
   */
  adopt(sums: ReadonlyMap<number, number>, sent: ReadonlyMap<number, number>, isNew = false): void {
    if (isNew) for (const [key, amount] of this.#shared) this.add(key, amount);
    this.#shared = sums;
    this.#sent = sent;
    this.version++;
    this.changes++;
    this.exchanges++;
    for (const [key, amount] of sent) {
      const left = (this.#pending.get(key) ?? 0) - amount;
      if (left === 0) this.#pending.delete(key);
      else this.#pending.set(key, left);
    }
  }
}
