import { DELAY_BUCKETS, type EpochMs, type Objective } from '@smart-retry/domain';
import { CarryingOn } from './carrying-on.js';
import { BIN_COUNT, bucketOfBin } from './delay-grid.js';
import { FAST, SLOW, type EvidenceCell, type Speed } from './evidence-cell.js';
import { ATTEMPT_GROUPS, attemptGroupOf, tenantKeyOf, type FailureContext } from './failure-context.js';
import { AGE_GROUPS, ageGroupOf } from './incident-age.js';
import { combineOdds, mixPosteriors, pool, PRIOR, type Posterior } from './posterior.js';
import type { SubjectKeys } from './subject-keys.js';
import type { BayesianView, ObservedBucket } from './view.js';
import { planKeyOf, valueTermsOf, type PlanBounds, type ValueTerms } from './value.js';

/** What the level above counts for at most, in outcomes. */
export const PRIOR_STRENGTHS = { class: 2, jobType: 8, code: 4, age: 2, attempt: 2, state: 2, tenant: 16 } as const;
/** Below this share the fast memory is left out. */
const LEAST_SHARE = 0.01;
/** Views kept at a time: questions differ by attempt, age, tenant and bounds. */
const MAX_VIEWS = 256;

export interface BeliefsSource {
  readonly context: FailureContext;
  readonly keys: SubjectKeys;
  /** Outcomes of this job type and error class, never decayed. */
  readonly familyCount: number;
  readonly atMs: EpochMs;
  /** How far the fast memory is believed, 0–1. */
  readonly fastShare: number;
  /** The chance that an incident has gone on when a retry fails, 0–1. */
  readonly continuation: number;
  readonly cellOf: (key: string) => EvidenceCell | undefined;
}

/** Outcomes by bin; shape [BIN_COUNT] each. */
export interface SeenOutcomes {
  readonly successes: Float64Array;
  readonly failures: Float64Array;
}

/** One level of the path from all failures of a kind to one failure. */
interface PathLevel {
  readonly cell: EvidenceCell | undefined;
  readonly priorStrength: number;
}

/** A plan's terms, and what carrying on is worth under it. */
export interface Plan {
  readonly terms: ValueTerms;
  readonly carryingOn: CarryingOn;
}

/** What the evidence said at one time of one kind of failure: for each attempt, age of the incident and tenant, worked out on demand. */
export class Beliefs {
  readonly familyCount: number;
  readonly atMs: EpochMs;
  readonly #source: BeliefsSource;
  readonly #speeds: readonly Speed[];
  readonly #subjectPriors: readonly Posterior[];
  /** By memory; by age group or attempt group where more than one. */
  readonly #ofSubject: readonly Posterior[];
  readonly #byAge = new Array<readonly Posterior[] | undefined>(AGE_GROUPS);
  readonly #byAttempt = new Array<readonly Posterior[] | undefined>(ATTEMPT_GROUPS);
  readonly #states = new Array<Posterior | undefined>(AGE_GROUPS * ATTEMPT_GROUPS);
  readonly #plans = new Map<string, Plan>();
  readonly #views = new Map<string, BayesianView>();

  constructor(source: BeliefsSource) {
    this.#source = source;
    this.familyCount = source.familyCount;
    this.atMs = source.atMs;
    this.#speeds = source.fastShare < LEAST_SHARE ? [SLOW] : [FAST, SLOW];
    this.#subjectPriors = this.#speeds.map((speed) => this.#priorOfSubject(speed));
    this.#ofSubject = this.#speeds.map((speed, i) =>
      this.#pool(this.#subjectPriors[i] ?? PRIOR, [this.#levelOfSubject()], speed),
    );
  }

  /** The posterior for a failure of this attempt, in an incident of this age group, of whatever tenant. */
  posterior(attemptNumber: number, ageGroup: number): Posterior {
    const attemptGroup = attemptGroupOf(attemptNumber);
    const index = ageGroup * ATTEMPT_GROUPS + attemptGroup;
    return (this.#states[index] ??= this.#form(ageGroup, attemptGroup, undefined));
  }

  /** The posterior for one failure; its own tenant's evidence counts on top of everybody's. */
  posteriorFor(failure: FailureContext): Posterior {
    const { attemptNumber, incidentAgeMs, tenant } = failure;
    const ageGroup = ageGroupOf(incidentAgeMs);
    const tenantCell = tenant === undefined ? undefined : this.#source.cellOf(this.#keyOf(failure));
    return tenantCell === undefined
      ? this.posterior(attemptNumber, ageGroup)
      : this.#form(ageGroup, attemptGroupOf(attemptNumber), tenantCell);
  }

  /** The posterior for failures of this kind, whatever the attempt, the age of the incident and the tenant. */
  posteriorOfAll(): Posterior {
    return this.#mix(this.#ofSubject);
  }

  /**
   * What was seen, decayed as in the slow memory, of failures of this attempt, age of the incident and, where there is
   * one, tenant; without a failure, of all of this kind. Shape [BIN_COUNT] each.
   */
  seen(failure?: FailureContext): SeenOutcomes {
    const cell = this.#source.cellOf(failure === undefined ? this.#source.keys.subject : this.#keyOf(failure));
    const factor = cell?.factorAt(SLOW, this.atMs) ?? 0;
    const successes = new Float64Array(BIN_COUNT);
    const failures = new Float64Array(BIN_COUNT);
    if (cell !== undefined) {
      for (let bin = 0; bin < BIN_COUNT; bin++) {
        successes[bin] = factor * cell.successesOf(SLOW, bin);
        failures[bin] = factor * cell.failuresOf(SLOW, bin);
      }
    }
    return { successes, failures };
  }

  /** What was seen of the bucket that a bin is part of, whatever the attempt and the tenant. */
  observedAt(bin: number): ObservedBucket {
    const bucket = bucketOfBin(bin);
    const seen = this.seen();
    const ofBucket = (weights: Float64Array) =>
      weights.reduce((sum, weight, i) => (bucketOfBin(i) === bucket ? sum + weight : sum), 0);
    const successes = ofBucket(seen.successes);
    return {
      waited: DELAY_BUCKETS[bucket]?.label ?? '',
      outcomes: Math.round(successes + ofBucket(seen.failures)),
      successes: Math.round(successes),
    };
  }

  /** The view kept under `key`, formed when there is none yet. */
  viewFor(key: string, form: () => BayesianView): BayesianView {
    let view = this.#views.get(key);
    if (view === undefined) {
      if (this.#views.size >= MAX_VIEWS) this.#views.clear();
      view = form();
      this.#views.set(key, view);
    }
    return view;
  }

  planFor(objective: Objective, bounds: PlanBounds): Plan {
    const key = planKeyOf(objective, bounds);
    let plan = this.#plans.get(key);
    if (plan === undefined) {
      const terms = valueTermsOf(objective, bounds);
      const chancesOf = (n: number, ageGroup: number) => this.posterior(n, ageGroup).means;
      plan = { terms, carryingOn: new CarryingOn(chancesOf, terms, bounds, this.#source.continuation) };
      this.#plans.set(key, plan);
    }
    return plan;
  }

  #priorOfSubject(speed: Speed): Posterior {
    const { context, keys, cellOf, atMs } = this.#source;
    const [ofClass, ofFamily, ofCode] = keys.path.map(cellOf);
    let prior = PRIOR;
    if (ofClass === undefined) return prior;
    prior = pool(prior, { cell: ofClass, child: ofFamily, priorStrength: PRIOR_STRENGTHS.class }, speed, atMs);
    if (ofFamily === undefined || context.errorCode === undefined) return prior;
    return pool(prior, { cell: ofFamily, child: ofCode, priorStrength: PRIOR_STRENGTHS.jobType }, speed, atMs);
  }

  /**
   * The age of the incident and the attempt each change what is likely, and what was seen of both together goes on top.
   * Its own outcomes are in what is likely already: they count twice, as two outcomes at most.
   */
  #form(ageGroup: number, attemptGroup: number, ofTenant: EvidenceCell | undefined): Posterior {
    const byAge = (this.#byAge[ageGroup] ??= this.#narrow(this.#source.keys.ofAge(ageGroup), PRIOR_STRENGTHS.age));
    const byAttempt = (this.#byAttempt[attemptGroup] ??= this.#narrow(
      this.#source.keys.ofAttempt(attemptGroup),
      PRIOR_STRENGTHS.attempt,
    ));
    const ofState = this.#source.cellOf(this.#source.keys.ofState(ageGroup, attemptGroup));
    const path = [
      { cell: ofState, priorStrength: PRIOR_STRENGTHS.state },
      { cell: ofTenant, priorStrength: PRIOR_STRENGTHS.tenant },
    ];
    return this.#mix(
      this.#speeds.map((speed, i) => {
        const [age, attempt, base] = [byAge[i] ?? PRIOR, byAttempt[i] ?? PRIOR, this.#ofSubject[i] ?? PRIOR];
        return this.#pool(combineOdds(age, attempt, base), path, speed);
      }),
    );
  }

  /** What the subject makes likely where one thing more is known of a failure, by memory. */
  #narrow(key: string, priorStrength: number): readonly Posterior[] {
    const cell = this.#source.cellOf(key);
    if (cell === undefined) return this.#ofSubject;
    const path = [this.#levelOfSubject(), { cell, priorStrength }];
    return this.#speeds.map((speed, i) => this.#pool(this.#subjectPriors[i] ?? PRIOR, path, speed));
  }

  #levelOfSubject(): PathLevel {
    const { context, cellOf } = this.#source;
    const priorStrength = context.errorCode === undefined ? PRIOR_STRENGTHS.jobType : PRIOR_STRENGTHS.code;
    return { cell: cellOf(this.#source.keys.subject), priorStrength };
  }

  /** The key of the most specific cell that a failure is part of. */
  #keyOf({ attemptNumber, incidentAgeMs, tenant }: FailureContext): string {
    const stateKey = this.#source.keys.ofState(ageGroupOf(incidentAgeMs), attemptGroupOf(attemptNumber));
    return tenant === undefined ? stateKey : tenantKeyOf(stateKey, tenant);
  }

  /** Pools the levels of a path, the most general first, into the posterior of the last; levels without a cell are left out. */
  #pool(above: Posterior, path: readonly PathLevel[], speed: Speed): Posterior {
    let posterior = above;
    path.forEach(({ cell, priorStrength }, level) => {
      if (cell !== undefined)
        posterior = pool(posterior, { cell, child: path[level + 1]?.cell, priorStrength }, speed, this.atMs);
    });
    return posterior;
  }

  /** What both memories say together. */
  #mix([first, second]: readonly Posterior[]): Posterior {
    if (first === undefined) return PRIOR;
    return second === undefined ? first : mixPosteriors(first, second, this.#source.fastShare);
  }
}
