/** When a dependency is down: half-open intervals `[fromMs, toMs)`, in order, none touching the next. */
export class Outages {
  readonly #intervals: readonly (readonly [fromMs: number, toMs: number])[];

  constructor(intervals: readonly (readonly [fromMs: number, toMs: number])[]) {
    this.#intervals = intervals;
  }

  get ends(): readonly number[] {
    return this.#intervals.map(([, toMs]) => toMs);
  }

  get intervals(): readonly (readonly [fromMs: number, toMs: number])[] {
    return this.#intervals;
  }

  /** The outage under way, or null. */
  at(atMs: number): { readonly fromMs: number; readonly toMs: number } | null {
    const [fromMs, toMs] = this.#intervals[this.#startedBy(atMs) - 1] ?? [0, Number.NEGATIVE_INFINITY];
    return atMs < toMs ? { fromMs, toMs } : null;
  }

  /** How much of `[fromMs, toMs)` lies within outages. */
  overlapMs(fromMs: number, toMs: number): number {
    let sumMs = 0;
    for (let i = this.#startedBy(toMs) - 1; i >= 0; i--) {
      const [startMs, endMs] = this.#intervals[i] ?? [0, 0];
      if (endMs <= fromMs) break;
      sumMs += Math.min(endMs, toMs) - Math.max(startMs, fromMs);
    }
    return sumMs;
  }

  /** How many outages have begun. */
  #startedBy(atMs: number): number {
    let lo = 0;
    let hi = this.#intervals.length;
    while (lo < hi) {
      const middle = (lo + hi) >>> 1;
      const [fromMs] = this.#intervals[middle] ?? [Number.POSITIVE_INFINITY];
      if (fromMs <= atMs) lo = middle + 1;
      else hi = middle;
    }
    return lo;
  }
}

/** Outages whose lengths and gaps are drawn until `untilMs`. */
export function drawOutages(
  untilMs: number,
  drawGapMs: () => number,
  drawLengthMs: () => number,
  sinceMs = 0,
): readonly (readonly [fromMs: number, toMs: number])[] {
  const intervals: [number, number][] = [];
  for (let fromMs = sinceMs + drawGapMs(); fromMs < untilMs;) {
    const toMs = fromMs + drawLengthMs();
    intervals.push([fromMs, toMs]);
    fromMs = toMs + Math.max(1, drawGapMs());
  }
  return intervals;
}
