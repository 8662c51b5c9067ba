import { DELAY_BUCKETS, type EpochMs, type Objective } from '@smart-retry/domain';
import { CarryingOn } from './carrying-on.js';
import { BIN_COUNT, bucketOfBin } from './delay-grid.js';
import { FAST, SLOW, type EvidenceCell, type Speed } from './evidence-cell.js';
import {
  ageKeyOf,
  ATTEMPT_GROUPS,
  attemptGroupOf,
  stateKeyOf,
  subjectKeyOf,
  subjectPathOf,
  tenantKeyOf,
  type FailureContext,
} from './failure-context.js';
import { AGE_GROUPS, ageGroupOf } from './incident-age.js';
import { mixPosteriors, pool, PRIOR, type Posterior } from './posterior.js';
import type { BayesianView, ObservedBucket } from './view.js';
import { planKeyOf, valueTermsOf, type PlanBounds, type ValueTerms } from './value.js';

/** What the level above counts for at most, in outcomes. */
export const PRIOR_STRENGTHS = { class: 2, jobType: 8, code: 4, age: 2, attempt: 2, tenant: 16 } as const;
/** Below this share the fast memory is left out. */
const LEAST_SHARE = 0.01;
/** Views kept at a time: questions differ by attempt, age, tenant and bounds. */
const MAX_VIEWS = 256;

export interface BeliefsSource {
  readonly context: FailureContext;
  /** Outcomes of this job type and error class, never decayed. */
  readonly familyCount: number;
  readonly atMs: EpochMs;
  /** How far the fast memory is believed, 0–1. */
  readonly fastShare: number;
  /** The chance that an incident has gone on when a retry fails, 0–1. */
  readonly continuation: number;
  readonly cellOf: (key: string) => EvidenceCell | undefined;
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
  readonly #subjectKey: string;
  readonly #speeds: readonly Speed[];
  readonly #subjectPriors: readonly Posterior[];
  readonly #states = new Array<Posterior | undefined>(AGE_GROUPS * ATTEMPT_GROUPS);
  readonly #plans = new Map<string, Plan>();
  readonly #views = new Map<string, BayesianView>();

  constructor(source: BeliefsSource) {
    this.#source = source;
    this.familyCount = source.familyCount;
    this.atMs = source.atMs;
    this.#subjectKey = subjectKeyOf(source.context);
    this.#speeds = source.fastShare < LEAST_SHARE ? [SLOW] : [FAST, SLOW];
    this.#subjectPriors = this.#speeds.map((speed) => this.#priorOfSubject(speed));
  }

  /** The posterior for a failure of this attempt, in an incident of this age group, of whatever tenant. */
  posterior(attemptNumber: number, ageGroup: number): Posterior {
    const attemptGroup = attemptGroupOf(attemptNumber);
    const index = ageGroup * ATTEMPT_GROUPS + attemptGroup;
    return (this.#states[index] ??= this.#form(ageGroup, attemptGroup, undefined));
  }

  /** The posterior for one failure; its own tenant's evidence counts on top of everybody's. */
  posteriorFor({ attemptNumber, incidentAgeMs, tenant }: FailureContext): Posterior {
    const ageGroup = ageGroupOf(incidentAgeMs);
    const attemptGroup = attemptGroupOf(attemptNumber);
    const tenantCell =
      tenant === undefined
        ? undefined
        : this.#source.cellOf(tenantKeyOf(stateKeyOf(this.#subjectKey, ageGroup, attemptGroup), tenant));
    return tenantCell === undefined
      ? this.posterior(attemptNumber, ageGroup)
      : this.#form(ageGroup, attemptGroup, tenantCell);
  }

  /** What was seen of the bucket that a bin is part of, whatever the attempt and the tenant. */
  observedAt(bin: number): ObservedBucket {
    const bucket = bucketOfBin(bin);
    const cell = this.#source.cellOf(this.#subjectKey);
    const factor = cell?.factorAt(SLOW, this.atMs) ?? 0;
    let [successes, failures] = [0, 0];
    for (let i = 0; i < BIN_COUNT; i++) {
      if (bucketOfBin(i) !== bucket) continue;
      successes += factor * (cell?.weights[SLOW][i] ?? 0);
      failures += factor * (cell?.weights[SLOW][BIN_COUNT + i] ?? 0);
    }
    return {
      waited: DELAY_BUCKETS[bucket]?.label ?? '',
      outcomes: Math.round(successes + failures),
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
    const { context, cellOf, atMs } = this.#source;
    const [ofClass, ofFamily, ofCode] = subjectPathOf(context).map(cellOf);
    let prior = PRIOR;
    if (ofClass === undefined) return prior;
    prior = pool(prior, { cell: ofClass, child: ofFamily, priorStrength: PRIOR_STRENGTHS.class }, speed, atMs);
    if (ofFamily === undefined || context.errorCode === undefined) return prior;
    return pool(prior, { cell: ofFamily, child: ofCode, priorStrength: PRIOR_STRENGTHS.jobType }, speed, atMs);
  }

  #form(ageGroup: number, attemptGroup: number, ofTenant: EvidenceCell | undefined): Posterior {
    const { context, cellOf, atMs, fastShare } = this.#source;
    const ofAge = cellOf(ageKeyOf(this.#subjectKey, ageGroup));
    const ofState = cellOf(stateKeyOf(this.#subjectKey, ageGroup, attemptGroup));
    const subjectStrength = context.errorCode === undefined ? PRIOR_STRENGTHS.jobType : PRIOR_STRENGTHS.code;
    const path = [
      { cell: cellOf(this.#subjectKey), priorStrength: subjectStrength },
      { cell: ofAge, priorStrength: PRIOR_STRENGTHS.age },
      { cell: ofState, priorStrength: PRIOR_STRENGTHS.attempt },
      { cell: ofTenant, priorStrength: PRIOR_STRENGTHS.tenant },
    ];
    const [first, second] = this.#speeds.map((speed, i) => {
      let posterior = this.#subjectPriors[i] ?? PRIOR;
      path.forEach(({ cell, priorStrength }, level) => {
        if (cell !== undefined)
          posterior = pool(posterior, { cell, child: path[level + 1]?.cell, priorStrength }, speed, atMs);
      });
      return posterior;
    });
    if (first === undefined) return PRIOR;
    return second === undefined ? first : mixPosteriors(first, second, fastShare);
  }
}
