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
/** Of a half of which fewer retries than this share succeed, 0–1, jobs are given up. */
const HOPELESS_SHARE = 0.1;
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
   * The border that tells most, by the likelihood ratio of two chances of success to one; null where none tells enough. Where
   * one half is hopeless, of the plausible borders with that half on the same side the one that leaves it fewest payloads.
   *
   * @param present the border in use, which stays where both halves teach, unless it tells hardly anything any more, or
   * another one much more
   */
  border(present: SizeBorder | null): SizeBorder | null {
    const all = this.#tally(0);
    /** By band, in nats; negative where large payloads fare worse. */
    const told = new Float64Array(BANDS);
    const evidenceOf = (band: SizeBorder | null) => Math.abs(told[band ?? 0] ?? 0);
    let best = 0;
    let isHopeless = false;
    const large = { successes: 0, failures: 0 };
    for (let band = BANDS - 1; band > 0; band--) {
      large.successes += this.#successes[band] ?? 0;
      large.failures += this.#failures[band] ?? 0;
      const small = { successes: all.successes - large.successes, failures: all.failures - large.failures };
      const nats = logLikelihood(large) + logLikelihood(small) - logLikelihood(all);
      const doLargeFareWorse = large.successes * small.failures < small.successes * large.failures;
      told[band] = doLargeFareWorse ? -nats : nats;
      if (nats <= evidenceOf(best)) continue;
      best = band;
      const { successes, failures } = doLargeFareWorse ? large : small;
      isHopeless = successes < HOPELESS_SHARE * (successes + failures);
    }
    const most = evidenceOf(best);
    const presents = evidenceOf(present);
    const needed = presents > EVIDENCE_KEPT ? EVIDENCE_KEPT : EVIDENCE_NEEDED;
    if (most <= needed) return null;
    if (!isHopeless)
      return presents > EVIDENCE_KEPT && presents >= most - EVIDENCE_NEEDED + EVIDENCE_KEPT ? present : best;
    const side = Math.sign(told[best] ?? 0);
    const least = Math.max(EVIDENCE_KEPT, most - PLAUSIBLE_WITHIN);
    const isPlausible = (nats: number) => side * nats >= least;
    return side < 0 ? told.findLastIndex(isPlausible) : told.findIndex(isPlausible);
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
