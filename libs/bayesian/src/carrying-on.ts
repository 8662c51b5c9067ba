import { AGE_GROUPS, AGED_SHARES, KNOWN_AGE_GROUPS } from './incident-age.js';
import { BIN_COUNT } from './delay-grid.js';
import { bestBin, valueOf, type PlanBounds, type ValueTerms } from './value.js';

/** Retries ahead beyond which the value of one more has long converged. */
const HORIZON = 24;

/** The chances of success by bin, for a failure of this attempt in an incident of this age group. */
export type ChancesOf = (attemptNumber: number, ageGroup: number) => Float64Array;

/**
 * What carrying on is worth after attempt n has failed, by the age group of the incident: `V(n, a) = max(0, max_d Q)`,
 * computed backwards from the last attempt that is allowed, after which it is 0. An incident that goes on is older by
 * the wait; without that, waiting short again and again would look as good as waiting long once. One that is over while
 * the job still fails begins anew: the job itself may be what is wrong.
 */
export class CarryingOn {
  /** By attempt number, from `#first`; shape [KNOWN_AGE_GROUPS] each. */
  readonly #values: readonly Float64Array[];
  readonly #first: number;
  readonly #continuation: number;
  /** What `afterWaits` has answered; views keep none of it. */
  readonly #answered = new Map<number, Float64Array>();

  /** @param continuation The chance that the incident has gone on when the retry fails, 0–1. */
  constructor(
    chancesOf: ChancesOf,
    terms: ValueTerms,
    { maxAttempts }: Pick<PlanBounds, 'maxAttempts'>,
    continuation: number,
  ) {
    this.#continuation = continuation;
    this.#first = Math.max(1, maxAttempts - HORIZON);
    const values = [new Float64Array(KNOWN_AGE_GROUPS)];
    const afterWaits = new Float64Array(BIN_COUNT);
    for (let n = maxAttempts - 1; n >= this.#first; n--) {
      const later = values[0] ?? new Float64Array(KNOWN_AGE_GROUPS);
      const now = new Float64Array(KNOWN_AGE_GROUPS);
      for (let age = 0; age < KNOWN_AGE_GROUPS; age++) {
        now[age] = valueAt(chancesOf(n, age), terms, ageValues(later, age, continuation, afterWaits));
      }
      values.unshift(now);
    }
    this.#values = values;
  }

  /** V(n+1) after each bin's wait, for a failure of attempt n; shape [BIN_COUNT]. */
  afterWaits(attemptNumber: number, ageGroup: number): Float64Array {
    const index = Math.max(0, attemptNumber + 1 - this.#first);
    const key = index * AGE_GROUPS + ageGroup;
    let aged = this.#answered.get(key);
    if (aged === undefined) {
      const later = this.#values[index];
      aged = new Float64Array(BIN_COUNT);
      if (later !== undefined) ageValues(later, ageGroup, this.#continuation, aged);
      this.#answered.set(key, aged);
    }
    return aged;
  }
}

/** Writes into `aged` what carrying on is worth after each bin's wait; shape [BIN_COUNT]. */
function ageValues(later: Float64Array, ageGroup: number, continuation: number, aged: Float64Array): Float64Array {
  const anew = (1 - continuation) * (later[0] ?? 0);
  for (let bin = 0; bin < BIN_COUNT; bin++) {
    const from = (ageGroup * BIN_COUNT + bin) * KNOWN_AGE_GROUPS;
    let goingOn = 0;
    for (let age = 0; age < KNOWN_AGE_GROUPS; age++) goingOn += (AGED_SHARES[from + age] ?? 0) * (later[age] ?? 0);
    aged[bin] = continuation * goingOn + anew;
  }
  return aged;
}

function valueAt(chances: Float64Array, terms: ValueTerms, later: Float64Array): number {
  const best = bestBin(terms, chances, later);
  return best === -1 ? 0 : valueOf(terms, best, chances[best] ?? 0, later[best] ?? 0);
}
