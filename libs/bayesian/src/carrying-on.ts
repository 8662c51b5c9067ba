import { AGE_GROUPS, AGED_SHARES, KNOWN_AGE_GROUPS } from './incident-age.js';
import { BIN_COUNT } from './delay-grid.js';
import { bestBin, valueOf, type PlanBounds, type ValueTerms } from './value.js';
import { zeros } from './zeros.js';

/** Retries ahead beyond which the value of one more has long converged. */
const HORIZON = 24;

/** The chances of success by bin, for a failure of this attempt in an incident of this age group. */
export type ChancesOf = (attemptNumber: number, ageGroup: number) => readonly number[];

/**
 * What carrying on is worth after attempt n has failed, by the age group of the incident: `V(n, a) = max(0, max_d Q)`,
 * computed backwards from the last attempt that is allowed, after which it is 0. An incident that goes on is older by
 * the wait; without that, waiting short again and again would look as good as waiting long once. One that is over while
 * the job still fails begins anew: the job itself may be what is wrong.
 */
export class CarryingOn {
  /** By attempt number, from `#first`; shape [KNOWN_AGE_GROUPS] each. */
  readonly #values: readonly (readonly number[])[];
  readonly #first: number;
  readonly #continuation: number;
  /** What `afterWaits` has answered; views keep none of it. */
  readonly #answered = new Map<number, readonly number[]>();

  /** @param continuation The chance that the incident has gone on when the retry fails, 0–1. */
  constructor(
    chancesOf: ChancesOf,
    terms: ValueTerms,
    { maxAttempts }: Pick<PlanBounds, 'maxAttempts'>,
    continuation: number,
  ) {
    this.#continuation = continuation;
    this.#first = Math.max(1, maxAttempts - HORIZON);
    const values = [zeros(KNOWN_AGE_GROUPS)];
    const afterWaits = zeros(BIN_COUNT);
    for (let n = maxAttempts - 1; n >= this.#first; n--) {
      const later = values[0] ?? zeros(KNOWN_AGE_GROUPS);
      const now = zeros(KNOWN_AGE_GROUPS);
      for (let age = 0; age < KNOWN_AGE_GROUPS; age++) {
        now[age] = valueAt(chancesOf(n, age), terms, ageValues(later, age, continuation, afterWaits));
      }
      values.unshift(now);
    }
    this.#values = values;
  }

  /** V(n+1) after each bin's wait, for a failure of attempt n; shape [BIN_COUNT]. */
  afterWaits(attemptNumber: number, ageGroup: number): readonly number[] {
    const index = Math.max(0, attemptNumber + 1 - this.#first);
    const key = index * AGE_GROUPS + ageGroup;
    const known = this.#answered.get(key);
    if (known !== undefined) return known;
    const later = this.#values[index];
    const aged = zeros(BIN_COUNT);
    if (later !== undefined) ageValues(later, ageGroup, this.#continuation, aged);
    this.#answered.set(key, aged);
    return aged;
  }
}

/** Writes into `aged` what carrying on is worth after each bin's wait; shape [BIN_COUNT]. */
function ageValues(
  later: readonly number[],
  ageGroup: number,
  continuation: number,
  aged: number[],
): readonly number[] {
  const anew = (1 - continuation) * (later[0] ?? 0);
  for (let bin = 0; bin < BIN_COUNT; bin++) {
    const from = (ageGroup * BIN_COUNT + bin) * KNOWN_AGE_GROUPS;
    let goingOn = 0;
    for (let age = 0; age < KNOWN_AGE_GROUPS; age++) goingOn += (AGED_SHARES[from + age] ?? 0) * (later[age] ?? 0);
    aged[bin] = continuation * goingOn + anew;
  }
  return aged;
}

function valueAt(chances: readonly number[], terms: ValueTerms, later: readonly number[]): number {
  const best = bestBin(terms, chances, later);
  return best === -1 ? 0 : valueOf(terms, best, chances[best] ?? 0, later[best] ?? 0);
}
