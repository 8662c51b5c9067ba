/**
 * Sizes are told apart by their order of magnitude, 0 bytes being in the first band. Whoever is on the wrong side of a border is
 * given up, or tried to the end: with one band for each doubling that were up to 4 % of sound jobs.
 */
const BANDS_PER_DOUBLING = 4;
const BANDS = 40 * BANDS_PER_DOUBLING;
/** First retries counted; beyond, what was counted halves, so that what has changed is noticed. */
const MAX_COUNTED = 2_000;
/**
 * How much likelier outcomes must be with two kinds of payload than with one, in nats. The border is the best of many, and
 * is looked for again and again: at 10 nats, payloads that mean nothing are told apart about once in a thousand looks.
 */
const EVIDENCE_NEEDED = 10;
/** … and to go on telling them apart. */
const EVIDENCE_KEPT = 3;
/**
 * A border is plausible that makes outcomes less likely than the best one by no more than this, in nats. Where nothing is retried
 * nothing is learned, so that a border must not give up what a few unlucky jobs were seen of.
 */
const PLAUSIBLE_WITHIN = 5;

/** Where payloads are told apart: those of this band and above are the large ones. */
export type SizeBorder = number;

/** Finds out whether jobs with large payloads fare otherwise than those with small ones. */
export class PayloadSizes {
  readonly #successes = new Array<number>(BANDS).fill(0);
  readonly #failures = new Array<number>(BANDS).fill(0);
  #counted = 0;

  /** Counts a job by its first retry: later ones are of those that have failed before, and of the same few jobs. */
  count(payloadSize: number, { success }: { readonly success: boolean }): void {
    const counts = success ? this.#successes : this.#failures;
    const band = sizeBandOf(payloadSize);
    counts[band] = (counts[band] ?? 0) + 1;
    if (++this.#counted < MAX_COUNTED) return;
    for (let i = 0; i < BANDS; i++) {
      this.#successes[i] = (this.#successes[i] ?? 0) / 2;
      this.#failures[i] = (this.#failures[i] ?? 0) / 2;
    }
    this.#counted /= 2;
  }

  /**
   * Of the borders that are plausible, by the likelihood ratio of two chances of success to one, the one that leaves most
   * payloads to the half that fares better; null where none tells enough.
   *
   * @param present the border in use: less evidence keeps one than draws one
   */
  border(present: SizeBorder | null): SizeBorder | null {
    const all = this.#tally(0);
    const told = new Float64Array(BANDS);
    let best = 0;
    let doLargeFareWorse = false;
    const large = { successes: 0, failures: 0 };
    for (let band = BANDS - 1; band > 0; band--) {
      large.successes += this.#successes[band] ?? 0;
      large.failures += this.#failures[band] ?? 0;
      const small = { successes: all.successes - large.successes, failures: all.failures - large.failures };
      told[band] = logLikelihood(large) + logLikelihood(small) - logLikelihood(all);
      if ((told[band] ?? 0) <= (told[best] ?? 0)) continue;
      best = band;
      doLargeFareWorse = large.successes * small.failures < small.successes * large.failures;
    }
    const most = told[best] ?? 0;
    const needed = present === null ? EVIDENCE_NEEDED : EVIDENCE_KEPT;
    if (most <= needed) return null;
    const isPlausible = (nats: number) => nats > 0 && nats >= most - PLAUSIBLE_WITHIN;
    return doLargeFareWorse ? told.findLastIndex(isPlausible) : told.findIndex(isPlausible);
  }

  /** The share of what was counted whose sizes lie between two borders, 0–1. */
  shareBetween(a: SizeBorder, b: SizeBorder): number {
    const [from, to] = [this.#tally(Math.min(a, b)), this.#tally(Math.max(a, b))];
    return (from.successes + from.failures - to.successes - to.failures) / Math.max(1, this.#counted);
  }

  #tally(fromBand: number): Tally {
    const tally = { successes: 0, failures: 0 };
    for (let band = fromBand; band < BANDS; band++) {
      tally.successes += this.#successes[band] ?? 0;
      tally.failures += this.#failures[band] ?? 0;
    }
    return tally;
  }
}

/** The band of a payload of `bytes` (≥ 0). */
export function sizeBandOf(bytes: number): number {
  return Math.min(BANDS - 1, Math.floor(BANDS_PER_DOUBLING * Math.log2(1 + bytes)));
}

interface Tally {
  readonly successes: number;
  readonly failures: number;
}

/** Of the outcomes under their own most likely chance, in nats: `s·ln(s/n) + f·ln(f/n)`. */
function logLikelihood({ successes, failures }: Tally): number {
  // What is left where everything was taken away may be a last digit below 0.
  const total = Math.max(0, successes) + Math.max(0, failures);
  const of = (count: number) => (count <= 0 ? 0 : count * Math.log(count / total));
  return of(successes) + of(failures);
}
