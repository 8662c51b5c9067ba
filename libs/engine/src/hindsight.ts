import { LRUCache } from 'lru-cache';
import { ageGroupOf, Likeness } from '@smart-retry/bayesian';
import type {
  AdmissionVerdict,
  AttemptRecord,
  DecisionRecord,
  DecisionMethod,
  EpochMs,
  ReasonCode,
  RetryFeatures,
} from '@smart-retry/domain';
import {
  chanceOf,
  correctionBy,
  learn,
  logOddsOf,
  sharpen,
  shiftBy,
  shiftedBack,
  unknownBelief,
  unknownBeliefOfAge,
  type Belief,
  type Correction,
} from './odds-correction.js';
import { FadingMean } from './fading-mean.js';

/** While more answers than this wait for their outcome, one of eight is noted: else new ones would push out those that wait long. */
const MANY_PENDING = 2_000;
const ONE_OF = 8;

/**
 * How an answer came about: as its layer planned it, when its turn had come after a wait, as a probe of a dependency that fails, by a
 * job that had just failed or by one whose turn it was, or when the server had said, to this job or to another.
 */
export type CameAbout =
  'as_planned' | 'in_turn' | 'as_probe' | 'as_probe_in_turn' | 'as_hinted' | 'as_hinted_to_others';

export type LearnedLayer = 'ml' | 'bayesian';
type Kind = Pick<RetryFeatures, 'jobType' | 'errorClass' | 'errorCode' | 'incidentAgeMs'>;

const UNKNOWN = { firm: unknownBelief('firm'), loose: unknownBelief('loose') } as const;
const UNKNOWN_OF_AGE: Readonly<Belief> = unknownBeliefOfAge();

/** Outcomes of one age come from few incidents: each counts for half of what those that follow each other make it count for. */
const WEIGHT_OF_AGE = 0.5;
/** What the first outcome of an incident tells beside what the layer has learned of it, and those of other ages have. */
const TELLING_OF_INCIDENT = 0.25;
/** A turn comes when the dependency is back, whatever delay had been planned: by half its log-odds differ from what turns are usually shown with. */
const TELLING_OF_TURN = 0.5;
/** The delay that looks best of many that are uncertain is the likelier to look too good, the better it looks. */
const TELLING_OF_BEST = 0.9;

interface Tally {
  readonly likeness: Likeness;
  readonly ways: Record<CameAbout, Way>;
}

/** One way in which answers come about. */
interface Way {
  readonly ofAll: Belief;
  /** The log-odds of chances whose outcomes are known. */
  readonly usual: FadingMean;
  /** What is added to it in incidents of one age, by age group. */
  readonly byAge: (OfAge | undefined)[];
}

interface OfAge {
  readonly belief: Belief;
  readonly likeness: Likeness;
  /** … of the first outcomes of incidents alone. */
  readonly firsts: Likeness;
  /** What its incidents tell of the log-odds that are shown: 1 / variance. */
  precision: number;
  /** When the last failure was of which the outcome is known: incidents that had begun by then are known already. */
  knownUntilMs: EpochMs;
}

interface Shown {
  readonly layer: LearnedLayer;
  readonly key: string;
  readonly cameAbout: CameAbout;
  readonly ageGroup: number;
  readonly chance: number;
  readonly failedAtMs: EpochMs;
  /** When its incident began: with itself where nobody knows. */
  readonly begunAtMs: EpochMs;
}

/**
 * What was shown beside what happened, by kind of failure and by how the answer came about, and what to show in the
 * light of it. Who chooses the best of many uncertain delays is disappointed on average; and when the breaker or the
 * budget of a dependency has decided when to go, outcomes tell of its state more than of the delay that was planned.
 * How far that is differs by the age of the incident: each age has a shift of its own on top of that of all.
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

  /** What past answers say of the log-odds of the chance (0–1) that a layer expects of such a failure. */
  correctionOf(layer: LearnedLayer, kind: Kind, cameAbout: CameAbout, chance: number): Correction {
    const way = this.#tallies.size === 0 ? undefined : this.#tallies.get(keyOf(layer, kind))?.ways[cameAbout];
    const ofAge = way?.byAge[ageGroupOf(kind.incidentAgeMs)];
    return correctionBy(way?.ofAll ?? UNKNOWN[trustIn(layer, cameAbout)], ofAge?.belief ?? UNKNOWN_OF_AGE, {
      chance,
      meant: meantBy(layer, cameAbout, logOddsOf(chance), way?.usual),
      precision: ofAge?.precision ?? 0,
    });
  }

  /** Notes what a learned layer expected of the retry that was advised. */
  noteDecision({ recommendationId, recommendation, features, evidence, decidedAtMs }: DecisionRecord): void {
    const { decision, method, estimatedSuccess, reasons } = recommendation;
    // What was expected once the dependency is back was not expected of the probe that it may have become.
    if (decision !== 'retry' || !isLearned(method) || reasons.includes('awaits_dependency')) return;
    if (this.#shown.size >= MANY_PENDING && ++this.#passedBy % ONE_OF !== 0) return;
    const { failedAtMs = decidedAtMs, incidentAgeMs = 0 } = features;
    this.#shown.set(recommendationId, {
      layer: method,
      key: keyOf(method, features),
      cameAbout: cameAboutBy({ kind: 'admitted', reasons }, reasons),
      ageGroup: ageGroupOf(features.incidentAgeMs),
      chance: shiftedBack(estimatedSuccess, evidence.shift ?? 0),
      failedAtMs,
      begunAtMs: failedAtMs - incidentAgeMs,
    });
  }

  /** Compares what was expected with what has come of it. */
  noteOutcome({ report, link }: Pick<AttemptRecord, 'report' | 'link'>): void {
    if (link?.recommendationId === undefined) return;
    const shown = this.#shown.get(link.recommendationId);
    if (shown === undefined) return;
    this.#shown.delete(link.recommendationId);
    if (report.status === 'cancelled' || report.status === 'unknown') return;
    const { layer, key, cameAbout, ageGroup, chance, failedAtMs, begunAtMs } = shown;
    let tally = this.#tallies.get(key);
    if (tally === undefined) {
      tally = { likeness: new Likeness(), ways: noWays(layer) };
      this.#tallies.set(key, tally);
    }
    const { ofAll, usual, byAge } = tally.ways[cameAbout];
    const ofAge = (byAge[ageGroup] ??= unknownAge());
    const said = logOddsOf(chance);
    const logOdds = meantBy(layer, cameAbout, said, usual);
    usual.note(said);
    // What is always expected too low must not look as if outcomes were alike.
    const expected = chanceOf(logOdds + shiftBy(ofAll, ofAge.belief));
    tally.likeness.note(expected, report);
    ofAge.likeness.note(expected, report);
    const { success } = report;
    const weight = tally.likeness.independence;
    const weightOfAge = WEIGHT_OF_AGE * weight * ofAge.likeness.independence;
    // Outcomes of one incident are more alike than those that follow each other show, and those of several less.
    if (begunAtMs > ofAge.knownUntilMs) {
      ofAge.firsts.note(expected, report);
      const weightOfFirst = ofAge.firsts.independenceAmong(tally.likeness);
      ofAge.precision = sharpen(ofAge.precision, expected, TELLING_OF_INCIDENT * weightOfFirst);
    }
    ofAge.knownUntilMs = Math.max(ofAge.knownUntilMs, failedAtMs);
    learn(ofAge.belief, { logOdds: logOdds + ofAll.shift, success, weight: weightOfAge });
    learn(ofAll, { logOdds, success, weight });
  }
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
  const hadTurn = verdict?.reasons.includes('deferred_turn') === true;
  if (verdict?.reasons.includes('breaker_probe') === true) return hadTurn ? 'as_probe_in_turn' : 'as_probe';
  if (reasons.includes('hint_applied')) return reasons.includes('shared_hint') ? 'as_hinted_to_others' : 'as_hinted';
  if (verdict === null) return 'as_planned';
  return verdict.kind === 'deferred' || hadTurn ? 'in_turn' : 'as_planned';
}

function noWays(layer: LearnedLayer): Record<CameAbout, Way> {
  const unknown = (cameAbout: CameAbout): Way => ({
    ofAll: unknownBelief(trustIn(layer, cameAbout)),
    usual: new FadingMean(),
    byAge: [],
  });
  return {
    as_planned: unknown('as_planned'),
    in_turn: unknown('in_turn'),
    as_probe: unknown('as_probe'),
    as_probe_in_turn: unknown('as_probe_in_turn'),
    as_hinted: unknown('as_hinted'),
    as_hinted_to_others: unknown('as_hinted_to_others'),
  };
}

function unknownAge(): OfAge {
  return {
    belief: unknownBeliefOfAge(),
    likeness: new Likeness(),
    firsts: new Likeness(),
    precision: 0,
    knownUntilMs: -Infinity,
  };
}

/**
 * What somebody else has decided is not what the chance was of, but for a probe, which is shown with the chance of going at once; and a
 * model says only how far off it was on average.
 */
function trustIn(layer: LearnedLayer, cameAbout: CameAbout): 'firm' | 'loose' {
  const isOfWhatIsDone = cameAbout === 'as_planned' || cameAbout === 'as_probe';
  return layer === 'bayesian' && isOfWhatIsDone ? 'firm' : 'loose';
}

/** Whether the delay that is waited is the one that the Bayesian layer chose, by chances that were learned one by one. */
function isOfBest(layer: LearnedLayer, cameAbout: CameAbout): boolean {
  return layer === 'bayesian' && cameAbout === 'as_planned';
}

/** What is said of what is done by a layer's log-odds: of a turn's, how far they are from what turns are usually shown with says half. */
function meantBy(layer: LearnedLayer, cameAbout: CameAbout, logOdds: number, usual?: FadingMean): number {
  if (cameAbout === 'in_turn') {
    const typical = usual?.with(logOdds) ?? logOdds;
    return typical + TELLING_OF_TURN * (logOdds - typical);
  }
  return isOfBest(layer, cameAbout) ? TELLING_OF_BEST * logOdds : logOdds;
}

/** Lengths before texts: labels that contain separators stay apart. */
function keyOf(layer: LearnedLayer, { jobType, errorClass, errorCode = '' }: Kind): string {
  return `${layer}${errorClass.length}:${errorClass}${errorCode.length}:${errorCode}${jobType}`;
}
