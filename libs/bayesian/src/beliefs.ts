import { DELAY_BUCKETS } from '@smart-retry/domain';
import { BIN_COUNT, bucketOfBin } from './delay-grid.js';
import type { EvidenceCell } from './evidence-cell.js';
import { ATTEMPT_GROUPS, attemptGroupOf, type FailureContext } from './failure-context.js';
import { AGE_GROUPS, ageGroupOf } from './incident-age.js';
import { FAST, SLOW, type Moment, type Speed } from './moment.js';
import { Plan, type PlanTerms } from './plan.js';
import {
  combineOdds,
  mixPosteriors,
  pool,
  poolInto,
  PRIOR,
  shiftOdds,
  type Posterior,
  type PosteriorToBe,
} from './posterior.js';
import { priorStrengthOfLevel, PRIOR_STRENGTHS } from './prior-strengths.js';
import type { Shelf } from './shelf.js';
import type { State, Subject } from './subject.js';
import type { ObservedBucket } from './view.js';

/** Below this share the fast memory is left out. */
const LEAST_SHARE = 0.01;
/** Plans kept at a time: they differ by policy, and by the order of magnitude of the processing time. */
const MAX_PLANS = 32;

export interface BeliefsSource {
  readonly subject: Subject;
  /** Outcomes of this job type and error class, never decayed. */
  readonly familyCount: number;
  readonly at: Moment;
  /** Where views are kept. */
  readonly shelf: Shelf;
}

/** Outcomes by bin; shape [BIN_COUNT] each. */
export interface SeenOutcomes {
  readonly successes: readonly number[];
  readonly failures: readonly number[];
}

/** What the evidence said at one time of one kind of failure: for each attempt, age of the incident and tenant, worked out on demand. */
export class Beliefs {
  readonly familyCount: number;
  /** Outcomes of this kind of failure, never decayed. */
  readonly subjectCount: number;
  /** How many independent outcomes one of this kind counts for, 0–1. */
  readonly independence: number;
  readonly atMs: number;
  readonly #source: BeliefsSource;
  readonly #fastShare: number;
  readonly #continuation: number;
  readonly #subjectPrior: Posterior;
  /** As the slow memory knows it, then by age group or attempt group. */
  readonly #ofSubject: Posterior;
  readonly #byAge = new Array<Posterior | undefined>(AGE_GROUPS);
  readonly #byAttempt = new Array<Posterior | undefined>(ATTEMPT_GROUPS);
  /** As the fast memory knows it; undefined where it is not believed. */
  readonly #lately: Posterior | undefined;
  readonly #states = new Array<Posterior | undefined>(AGE_GROUPS * ATTEMPT_GROUPS);
  #plans: Plan[] = [];

  constructor(source: BeliefsSource) {
    const { subject, familyCount, at } = source;
    this.#source = source;
    this.familyCount = familyCount;
    this.subjectCount = subject.outcomes;
    this.independence = subject.likeness.independence;
    this.atMs = at.atMs;
    this.#fastShare = subject.contest.fastShare;
    this.#continuation = subject.continuation.share;
    this.#subjectPrior = this.#priorOfSubject();
    this.#ofSubject = this.#poolOwn(this.#subjectPrior, priorStrengthOfLevel(subject.path.length - 1), SLOW);
    this.#lately =
      this.#fastShare < LEAST_SHARE ? undefined : this.#poolOwn(this.#ofSubject, PRIOR_STRENGTHS.lately, FAST);
  }

  /** The posterior for a failure of this attempt, in an incident of this age group, of whatever tenant. */
  posterior(attemptNumber: number, ageGroup: number): Posterior {
    const attemptGroup = attemptGroupOf(attemptNumber);
    const index = ageGroup * ATTEMPT_GROUPS + attemptGroup;
    return (this.#states[index] ??= this.#form({ ageGroup, attemptGroup, tenant: undefined }, undefined));
  }

  /** The posterior for one failure; its own tenant's evidence counts on top of everybody's. */
  posteriorFor(failure: FailureContext): Posterior {
    const ofTenant = this.ofTenant(failure);
    const state = stateOf(failure);
    return ofTenant === undefined ? this.posterior(failure.attemptNumber, state.ageGroup) : this.#form(state, ofTenant);
  }

  /** What was seen of the failure's tenant in its state; undefined where nothing was. */
  ofTenant(failure: FailureContext): EvidenceCell | undefined {
    return failure.tenant === undefined ? undefined : this.#source.subject.ofState(stateOf(failure));
  }

  /** The posterior for failures of this kind, whatever the attempt, the age of the incident and the tenant. */
  posteriorOfAll(): Posterior {
    return this.#lately === undefined ? this.#ofSubject : this.#mix(this.#lately, this.#ofSubject);
  }

  /**
   * What was seen, decayed as in the slow memory, of failures of this attempt, age of the incident and, where there is
   * one, tenant; without a failure, of all of this kind. Shape [BIN_COUNT] each.
   */
  seen(failure?: FailureContext): SeenOutcomes {
    const cell = failure === undefined ? this.#source.subject.own : this.#source.subject.ofState(stateOf(failure));
    const factor = cell?.factorAt(SLOW, this.#source.at) ?? 0;
    const bins = (read: (cell: EvidenceCell, bin: number) => number) =>
      Array.from({ length: BIN_COUNT }, (_, bin) =>
        cell === undefined ? 0 : withoutRounding(factor * read(cell, bin)),
      );
    return {
      successes: bins((of, bin) => of.successesOf(SLOW, bin)),
      failures: bins((of, bin) => of.failuresOf(SLOW, bin)),
    };
  }

  /** What was seen of the bucket that a bin is part of, whatever the attempt and the tenant. */
  observedAt(bin: number): ObservedBucket {
    const bucket = bucketOfBin(bin);
    const cell = this.#source.subject.own;
    const factor = cell?.factorAt(SLOW, this.#source.at) ?? 0;
    let successes = 0;
    let failures = 0;
    for (let i = 0; cell !== undefined && i < BIN_COUNT; i++) {
      if (bucketOfBin(i) !== bucket) continue;
      successes += factor * cell.successesOf(SLOW, i);
      failures += factor * cell.failuresOf(SLOW, i);
    }
    const waited = DELAY_BUCKETS[bucket]?.label ?? '';
    return { waited, outcomes: Math.round(successes + failures), successes: Math.round(successes) };
  }

  planFor(terms: PlanTerms): Plan {
    const known = this.#plans.find((plan) => plan.isFor(terms));
    if (known !== undefined) return known;
    if (this.#plans.length >= MAX_PLANS) this.#plans = [];
    const chancesOf = (n: number, ageGroup: number) => this.posterior(n, ageGroup).means;
    const plan = new Plan(terms, chancesOf, this.#continuation, this.#source.shelf);
    this.#plans.push(plan);
    return plan;
  }

  #priorOfSubject(): Posterior {
    const { subject, at } = this.#source;
    const ofKind = subject.path.slice(0, -1).reduce((prior, cell, level) => {
      const child = subject.path[level + 1];
      return pool(prior, { cell, child, priorStrength: priorStrengthOfLevel(level) }, SLOW, at);
    }, PRIOR);
    return subject.isOfSize && subject.own !== undefined ? shiftOdds(ofKind, subject.own, SLOW, at) : ofKind;
  }

  /**
   * The age of the incident and the attempt each change what is likely, and what was seen of both together goes on top.
   * Its own outcomes are in what is likely already: they count twice, as two outcomes at most.
   */
  #form({ ageGroup, attemptGroup }: State, ofTenant: EvidenceCell | undefined): Posterior {
    const { subject } = this.#source;
    const byAge = (this.#byAge[ageGroup] ??= this.#narrow(subject.ofAge(ageGroup), PRIOR_STRENGTHS.age));
    const byAttempt = (this.#byAttempt[attemptGroup] ??= this.#narrow(
      subject.ofAttempt(attemptGroup),
      PRIOR_STRENGTHS.attempt,
    ));
    const slow = combineOdds(byAge, byAttempt, this.#ofSubject);
    const ofState = subject.ofState({ ageGroup, attemptGroup, tenant: undefined });
    this.#poolState(slow, ofState, ofTenant, SLOW);
    if (this.#lately === undefined) return slow;
    // What the fast memory has nothing of is as the slow one has it, but for what has changed lately for all of this kind.
    const fast = combineOdds(slow, this.#lately, this.#ofSubject);
    this.#poolState(fast, ofState, ofTenant, FAST);
    return this.#mix(fast, slow);
  }

  /** Pools what was seen of a state, and of a tenant in it, into what is likely without; where nothing was, nothing changes. */
  #poolState(
    likely: PosteriorToBe,
    ofState: EvidenceCell | undefined,
    ofTenant: EvidenceCell | undefined,
    speed: Speed,
  ): void {
    const { at } = this.#source;
    const { state, tenant } = PRIOR_STRENGTHS;
    if (ofState !== undefined)
      poolInto(likely, likely, { cell: ofState, child: ofTenant, priorStrength: state }, speed, at);
    if (ofTenant !== undefined)
      poolInto(likely, likely, { cell: ofTenant, child: undefined, priorStrength: tenant }, speed, at);
  }

  /** What the subject makes likely where one thing more is known of a failure. */
  #narrow(cell: EvidenceCell | undefined, priorStrength: number): Posterior {
    if (cell === undefined) return this.#ofSubject;
    const { subject, at } = this.#source;
    const narrowed = this.#poolOwn(this.#subjectPrior, priorStrengthOfLevel(subject.path.length - 1), SLOW, cell);
    poolInto(narrowed, narrowed, { cell, child: undefined, priorStrength }, SLOW, at);
    return narrowed;
  }

  /** Pools what was seen of all of this kind, or of the code's relatives where it was never seen, but for a part of it. */
  #poolOwn(prior: Posterior, priorStrength: number, speed: Speed, child?: EvidenceCell): PosteriorToBe {
    const { subject, at } = this.#source;
    return pool(prior, { cell: subject.nearest, child, priorStrength }, speed, at);
  }

  /** What both memories say together. */
  #mix(fast: Posterior, slow: Posterior): Posterior {
    return mixPosteriors(fast, slow, this.#fastShare);
  }
}

function stateOf({ attemptNumber, incidentAgeMs, tenant }: FailureContext): State {
  return { ageGroup: ageGroupOf(incidentAgeMs), attemptGroup: attemptGroupOf(attemptNumber), tenant };
}

/** Sums of decayed weights, without the last digits, which say only how they were summed. */
function withoutRounding(weight: number): number {
  return Math.round(1e9 * weight) / 1e9;
}
