import { Counter, type Registry } from 'prom-client';

export interface TallyOptions<L extends string> {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly L[];
  readonly registry: Registry;
}

/** One combination of label values. */
interface Cell<L extends string> {
  readonly labels: Readonly<Record<L, string>>;
  count: number;
}

/**
 * A counter that is hardly noticed while a request is served: it only adds to a cell, and Prometheus' own counter, which
 * checks and joins labels at each increment, is filled when it is scraped.
 */
export class Tally<L extends string> {
  readonly #cells = new Map<string, Cell<L>>();

  constructor({ registry, ...counter }: TallyOptions<L>) {
    const cells = this.#cells;
    new Counter({
      ...counter,
      registers: [registry],
      collect() {
        this.reset();
        for (const { labels, count } of cells.values()) this.inc(labels, count);
      },
    });
  }

  /** @param key names the combination; `labels` is asked for its values the first time only. */
  add(key: string, labels: () => Readonly<Record<L, string>>): void {
    const cell = this.#cells.get(key);
    if (cell === undefined) this.#cells.set(key, { labels: labels(), count: 1 });
    else cell.count += 1;
  }

  /** Forgets the combinations whose key is not among these. */
  keepOnly(keys: ReadonlySet<string>): void {
    for (const key of this.#cells.keys()) if (!keys.has(key)) this.#cells.delete(key);
  }
}
