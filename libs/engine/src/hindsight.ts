import { LRUCache } from 'lru-cache';
import { Likeness } from '@smart-retry/bayesian';
import type {
  AdmissionVerdict,
  AttemptRecord,
  DecisionRecord,
  DecisionMethod,
  RetryFeatures,
  SuccessEstimate,
} from '@smart-retry/domain';

/** Each outcome makes those before it count this much less: about the last 500 count. */
const KEPT = 0.998;
/** How firmly a chance is taken to be right before anything is known of it, as variance of outcomes: that of twelve at even chances. */
const PRIOR_VARIANCE = 3;
/** What an outcome varies at least, however sure it seemed. */
const LEAST_VARIANCE = 0.05;
/** The largest correction, in log-odds. */
const MAX_SHIFT = 3;
/** While more answers than this wait for their outcome, one of eight is noted: else new ones would push out those that wait long. */
const MANY_PENDING = 2_000;
const ONE_OF = 8;
/** A chance of exactly 0 or 1 is never meant. */
const SMALLEST_CHANCE = 1e-4;

/** How an answer came about: as its layer planned it, when its turn had come after a wait, or as a probe of a dependency that fails. */
export type CameAbout = 'as_planned' | 'in_turn' | 'as_probe';

export type LearnedLayer = 'ml' | 'bayesian';
type Kind = Pick<RetryFeatures, 'jobType' | 'errorClass' | 'errorCode'>;
type Way = { surprises: number; variance: number };

interface Tally {
  readonly likeness: Likeness;
  readonly ways: Record<CameAbout, Way>;
}

interface Shown {
  readonly key: string;
  readonly cameAbout: CameAbout;
  readonly chance: number;
}

/**
 * What was shown beside what happened, by kind of failure and by how the answer came about, and what to show in the
 * light of it. Who chooses the best of many uncertain delays is disappointed on average; and when the breaker or the
 * budget of a dependency has decided when to go, outcomes tell of its state more than of the delay that was planned.
 * Bounded; it knows what was decided and reported in this process.
 */
export class Hindsight {
  readonly #shown: LRUCache<string, Shown>;
  readonly #tallies: LRUCache<string, Tally>;
  #passedBy = 0;

  /** @param bounds.maxPending decisions whose outcome is waited for @param bounds.maxKinds kinds of failure */
  constructor({ maxPending, maxKinds }: { readonly maxPending: number; readonly maxKinds: number }) {
    this.#shown = new LRUCache({ max: maxPending });
    this.#tallies = new LRUCache({ max: maxKinds });
  }

  /**
   * By how much the log-odds of what a layer expects of such a failure were too low, −3 to 3: `w·Σ(y − p) / (k + w·Σ p(1 − p))`
   * over past answers, the likeliest to first order; w is what outcomes count for that are alike.
   */
  shiftOf(layer: LearnedLayer, kind: Kind, cameAbout: CameAbout): number {
    const tally = this.#tallies.size === 0 ? undefined : this.#tallies.get(keyOf(layer, kind));
    if (tally === undefined) return 0;
    const { surprises, variance } = tally.ways[cameAbout];
    const { independence } = tally.likeness;
    const shift = (independence * surprises) / (PRIOR_VARIANCE + independence * variance);
    return Math.max(-MAX_SHIFT, Math.min(MAX_SHIFT, shift));
  }

  /** Notes what a learned layer expected of the retry that was advised. */
  noteDecision({ recommendationId, recommendation, features, evidence }: DecisionRecord): void {
    const { decision, method, estimatedSuccess, reasons } = recommendation;
    if (decision !== 'retry' || !isLearned(method)) return;
    if (this.#shown.size >= MANY_PENDING && ++this.#passedBy % ONE_OF !== 0) return;
    this.#shown.set(recommendationId, {
      key: keyOf(method, features),
      cameAbout: cameAboutBy({ kind: 'admitted', reasons }),
      chance: shiftChance(estimatedSuccess, -(evidence.shift ?? 0)),
    });
  }

  /** Compares what was expected with what has come of it. */
  noteOutcome({ report, link }: Pick<AttemptRecord, 'report' | 'link'>): void {
    if (link?.recommendationId === undefined) return;
    const shown = this.#shown.get(link.recommendationId);
    if (shown === undefined) return;
    this.#shown.delete(link.recommendationId);
    if (report.status === 'cancelled' || report.status === 'unknown') return;
    const { key, cameAbout, chance } = shown;
    let tally = this.#tallies.get(key);
    if (tally === undefined) {
      tally = { likeness: new Likeness(), ways: { as_planned: nothing(), in_turn: nothing(), as_probe: nothing() } };
      this.#tallies.set(key, tally);
    }
    tally.likeness.note(chance, report);
    const way = tally.ways[cameAbout];
    way.surprises = KEPT * way.surprises + Number(report.success) - chance;
    way.variance = KEPT * way.variance + Math.max(LEAST_VARIANCE, chance * (1 - chance));
  }
}

/** Only what was learned is shown as if it were meant. */
export function isLearned(method: DecisionMethod): method is LearnedLayer {
  return method === 'ml' || method === 'bayesian';
}

export function cameAboutBy(verdict: Pick<AdmissionVerdict, 'kind' | 'reasons'> | null): CameAbout {
  if (verdict === null) return 'as_planned';
  if (verdict.reasons.includes('breaker_probe')) return 'as_probe';
  return verdict.kind === 'deferred' || verdict.reasons.includes('deferred_turn') ? 'in_turn' : 'as_planned';
}

/** The same estimate with other odds; what is certain stays so. */
export function shiftEstimate(
  { successProbability, interval: [lo, hi] }: SuccessEstimate,
  shift: number,
): SuccessEstimate {
  return {
    successProbability: shiftChance(successProbability, shift),
    interval: [shiftChance(lo, shift), shiftChance(hi, shift)],
  };
}

function shiftChance(chance: number, shift: number): number {
  if (shift === 0 || chance <= 0 || chance >= 1) return chance;
  const bounded = Math.min(1 - SMALLEST_CHANCE, Math.max(SMALLEST_CHANCE, chance));
  const odds = (bounded / (1 - bounded)) * Math.exp(shift);
  return odds / (1 + odds);
}

function nothing(): Way {
  return { surprises: 0, variance: 0 };
}

/** Lengths before texts: labels that contain separators stay apart. */
function keyOf(layer: LearnedLayer, { jobType, errorClass, errorCode = '' }: Kind): string {
  return `${layer}${errorClass.length}:${errorClass}${errorCode.length}:${errorCode}${jobType}`;
}
