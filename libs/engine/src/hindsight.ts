import { LRUCache } from 'lru-cache';
import { Likeness } from '@smart-retry/bayesian';
import type {
  AdmissionVerdict,
  AttemptRecord,
  DecisionRecord,
  DecisionMethod,
  ReasonCode,
  RetryFeatures,
  SuccessEstimate,
} from '@smart-retry/domain';

/** Each outcome makes those before it count this much less: about the last 500 count. */
const KEPT = 0.998;
/** How firmly a chance is taken to be right before anything is known of it: as after twelve outcomes at even chances. */
const PRIOR_PRECISION = 3;
/** What an outcome varies at least, however sure it seemed. */
const LEAST_VARIANCE = 0.05;
/** The largest correction, in log-odds. */
const MAX_SHIFT = 3;
/** While more answers than this wait for their outcome, one of eight is noted: else new ones would push out those that wait long. */
const MANY_PENDING = 2_000;
const ONE_OF = 8;
/** 90 % of a normal distribution lie so many standard deviations about its mean. */
const Z_90 = 1.645;
/** A chance of exactly 0 or 1 is never meant. */
const SMALLEST_CHANCE = 1e-4;

/**
 * How an answer came about: as its layer planned it, when its turn had come after a wait, as a probe of a dependency that fails, or
 * when the server had said, to this job or to another.
 */
export type CameAbout = 'as_planned' | 'in_turn' | 'as_probe' | 'as_hinted' | 'as_hinted_to_others';

export type LearnedLayer = 'ml' | 'bayesian';
type Kind = Pick<RetryFeatures, 'jobType' | 'errorClass' | 'errorCode'>;

/** By how much log-odds were too low in past answers, −3 to 3, and how certain that is. */
export interface Correction {
  readonly shift: number;
  /** Standard deviation. */
  readonly deviation: number;
}

export const NO_CORRECTION: Correction = { shift: 0, deviation: 0 };

/** What is believed of one shift: normal, its mean and the inverse of its variance. */
type Belief = { shift: number; precision: number };

interface Tally {
  readonly likeness: Likeness;
  readonly ways: Record<CameAbout, Belief>;
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

  /** What past answers say of the log-odds that a layer expects of such a failure. */
  correctionOf(layer: LearnedLayer, kind: Kind, cameAbout: CameAbout): Correction {
    const tally = this.#tallies.size === 0 ? undefined : this.#tallies.get(keyOf(layer, kind));
    if (tally === undefined) return NO_CORRECTION;
    const { shift, precision } = tally.ways[cameAbout];
    return { shift: Math.max(-MAX_SHIFT, Math.min(MAX_SHIFT, shift)), deviation: 1 / Math.sqrt(precision) };
  }

  /** Notes what a learned layer expected of the retry that was advised. */
  noteDecision({ recommendationId, recommendation, features, evidence }: DecisionRecord): void {
    const { decision, method, estimatedSuccess, reasons } = recommendation;
    if (decision !== 'retry' || !isLearned(method)) return;
    if (this.#shown.size >= MANY_PENDING && ++this.#passedBy % ONE_OF !== 0) return;
    this.#shown.set(recommendationId, {
      key: keyOf(method, features),
      cameAbout: cameAboutBy({ kind: 'admitted', reasons }, reasons),
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
      tally = { likeness: new Likeness(), ways: noWays() };
      this.#tallies.set(key, tally);
    }
    const belief = tally.ways[cameAbout];
    // What is always expected too low must not look as if outcomes were alike.
    tally.likeness.note(shiftChance(chance, belief.shift), report);
    learn(belief, { chance, success: report.success, weight: tally.likeness.independence });
  }
}

/**
 * One step of a filter for the shift `s` in `logit P(success) = logit p + s`: what is believed fades towards the prior N(0, 1/k), then
 * takes the outcome in by Laplace's approximation, `precision += w·q(1 − q)`, `s += w·(y − q) / precision` with q the chance as
 * shifted; w is what outcomes count for that are alike.
 */
function learn(
  belief: Belief,
  { chance, success, weight }: { readonly chance: number; readonly success: boolean; readonly weight: number },
): void {
  const faded = PRIOR_PRECISION + KEPT * (belief.precision - PRIOR_PRECISION);
  const prior = (KEPT * belief.precision * belief.shift) / faded;
  const expected = shiftChance(chance, prior);
  belief.precision = faded + weight * Math.max(LEAST_VARIANCE, expected * (1 - expected));
  belief.shift = prior + (weight * (Number(success) - expected)) / belief.precision;
}

/** Only what was learned is shown as if it were meant. */
export function isLearned(method: DecisionMethod): method is LearnedLayer {
  return method === 'ml' || method === 'bayesian';
}

/** @param reasons those that did not come from the verdict */
export function cameAboutBy(
  verdict: Pick<AdmissionVerdict, 'kind' | 'reasons'> | null,
  reasons: readonly ReasonCode[],
): CameAbout {
  if (verdict?.reasons.includes('breaker_probe') === true) return 'as_probe';
  if (reasons.includes('hint_applied')) return reasons.includes('shared_hint') ? 'as_hinted_to_others' : 'as_hinted';
  if (verdict === null) return 'as_planned';
  return verdict.kind === 'deferred' || verdict.reasons.includes('deferred_turn') ? 'in_turn' : 'as_planned';
}

/** The same estimate with other odds, and an interval that is wider by what is not known of them; what is certain stays so. */
export function correctEstimate(
  { successProbability, interval: [lo, hi] }: SuccessEstimate,
  { shift, deviation }: Correction,
): SuccessEstimate {
  const logOdds = logOddsOf(successProbability);
  const widened = (end: number) => {
    if (end <= 0 || end >= 1) return end;
    const distance = Math.hypot(logOddsOf(end) - logOdds, Z_90 * deviation) * Math.sign(end - successProbability);
    return shiftChance(successProbability, shift + distance);
  };
  return {
    successProbability: shiftChance(successProbability, shift),
    interval: [widened(lo), widened(hi)],
  };
}

function shiftChance(chance: number, shift: number): number {
  if (shift === 0 || chance <= 0 || chance >= 1) return chance;
  return 1 / (1 + Math.exp(-logOddsOf(chance) - shift));
}

function logOddsOf(chance: number): number {
  const bounded = Math.min(1 - SMALLEST_CHANCE, Math.max(SMALLEST_CHANCE, chance));
  return Math.log(bounded / (1 - bounded));
}

function noWays(): Record<CameAbout, Belief> {
  const nothing = (): Belief => ({ shift: 0, precision: PRIOR_PRECISION });
  return {
    as_planned: nothing(),
    in_turn: nothing(),
    as_probe: nothing(),
    as_hinted: nothing(),
    as_hinted_to_others: nothing(),
  };
}

/** Lengths before texts: labels that contain separators stay apart. */
function keyOf(layer: LearnedLayer, { jobType, errorClass, errorCode = '' }: Kind): string {
  return `${layer}${errorClass.length}:${errorClass}${errorCode.length}:${errorCode}${jobType}`;
}
