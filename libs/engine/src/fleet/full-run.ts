/** What a search for room depends on, beside what is booked; compared one by one. */
export type SearchTerms = readonly unknown[];

interface Run {
  readonly terms: SearchTerms;
  readonly version: number;
  readonly units: number;
  /** Seconds `[from, to)`. */
  readonly from: number;
  readonly to: number;
}

export interface WindowSearch {
  readonly from: number;
  readonly until: number;
  readonly windowSeconds: number;
  readonly units: number;
  readonly terms: SearchTerms;
  /** Of the bookings: another one when room may have come back. */
  readonly version: number;
  readonly hasRoom: (fromSecond: number) => boolean;
}

/**
 * Remembers a run of windows without room. While bookings are only added they stay full, so that a crowd that asks for places
 * far ahead does not look at every window on the way, each time.
 */
export class FullRun {
  #run: Run | null = null;

  /** The first window from `from` on with room; null where there is none before `until`. */
  firstFree({ from, until, windowSeconds, units, terms, version, hasRoom }: WindowSearch): number | null {
    const known = this.#known(terms, version, units);
    const isInside = known !== null && known.from <= from && from < known.to;
    let at = isInside ? known.to : from;
    while (at < until && !hasRoom(at)) at += windowSeconds;
    if (at > from) this.#run = { terms, version, units, from: isInside ? known.from : from, to: at };
    return at < until ? at : null;
  }

  /** What is full for a retry of fewer units is full for this one. */
  #known(terms: SearchTerms, version: number, units: number): Run | null {
    const run = this.#run;
    if (run === null || run.version !== version || run.units > units) return null;
    return run.terms.length === terms.length && run.terms.every((term, i) => term === terms[i]) ? run : null;
  }
}
