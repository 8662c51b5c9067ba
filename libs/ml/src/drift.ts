/** How one column was distributed in training. */
export interface ColumnReference {
  readonly name: string;
  /** Rising inner edges; bin i is `[edges[i−1], edges[i])`. */
  readonly edges: readonly number[];
  /** Share of rows in each bin, and last the share of missing values. */
  readonly shares: readonly number[];
}

export interface DriftReference {
  readonly columns: readonly ColumnReference[];
}

/** Shares below this count as this: an empty bin is no proof of impossibility. */
const MIN_SHARE = 1e-4;

/** The bin of a value; the last one, `edges.length + 1`, holds missing values. */
export function driftBinOf({ edges }: Pick<ColumnReference, 'edges'>, value: number): number {
  if (Number.isNaN(value)) return edges.length + 1;
  let bin = 0;
  while (bin < edges.length && value >= (edges[bin] ?? Infinity)) bin++;
  return bin;
}

/**
 * Population stability index between two distributions over the same bins: `Σ (a_i − e_i) · ln(a_i / e_i)`. Below 0.1 is
 * usual, above 0.25 the population is another one.
 */
export function populationStability(expected: readonly number[], actual: readonly number[]): number {
  return expected.reduce((sum, share, i) => {
    const e = Math.max(MIN_SHARE, share);
    const a = Math.max(MIN_SHARE, actual[i] ?? 0);
    return sum + (a - e) * Math.log(a / e);
  }, 0);
}

/** Counts encoded rows against a reference. */
export class DriftMonitor {
  readonly #reference: DriftReference;
  readonly #counts: readonly Float64Array[];
  #rows = 0;

  constructor(reference: DriftReference) {
    this.#reference = reference;
    this.#counts = reference.columns.map(({ shares }) => new Float64Array(shares.length));
  }

  get rows(): number {
    return this.#rows;
  }

  /** Counts one encoded row, shape [columns]. */
  observe(row: Float64Array): void {
    this.#rows++;
    for (const [i, column] of this.#reference.columns.entries()) {
      const counts = this.#counts[i];
      const bin = driftBinOf(column, row[i] ?? Number.NaN);
      if (counts !== undefined) counts[bin] = (counts[bin] ?? 0) + 1;
    }
  }

  /** By column, the population stability index of what was observed. */
  stability(): ReadonlyMap<string, number> {
    return new Map(
      this.#reference.columns.map(({ name, shares }, i) => [
        name,
        populationStability(
          shares,
          Array.from(this.#counts[i] ?? [], (count) => count / Math.max(1, this.#rows)),
        ),
      ]),
    );
  }
}
