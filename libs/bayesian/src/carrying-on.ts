import { AGE_GROUPS, AGED_SHARES, FIRST_AGED, KNOWN_AGE_GROUPS, LAST_AGED } from './incident-age.js';
import { BIN_COUNT } from './delay-grid.js';
import { valueOf, type PlanBounds, type ValueTerms } from './value.js';
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
    for (let n = maxAttempts - 1; n >= this.#first; n--) {
      const later = values[0] ?? zeros(KNOWN_AGE_GROUPS);
      const now = zeros(KNOWN_AGE_GROUPS);
      for (let age = 0; age < KNOWN_AGE_GROUPS; age++) {
        now[age] = valueAt(chancesOf(n, age), terms, { later, age, continuation });
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
    if (later !== undefined) {
      const after = { later, age: ageGroup, continuation: this.#continuation };
      for (let bin = 0; bin < BIN_COUNT; bin++) aged[bin] = valueAfter(bin, after);
    }
    this.#answered.set(key, aged);
    return aged;
  }
}

/** What carrying on is worth by age once a retry has failed, and the age and continuation of the incident before that. */
interface After {
  readonly later: readonly number[];
  readonly age: number;
  readonly continuation: number;
}

/** What carrying on is worth after a bin's wait. */
function valueAfter(bin: number, { later, age, continuation }: After): number {
  const at = age * BIN_COUNT + bin;
  const last = LAST_AGED[at] ?? 0;
  let goingOn = 0;
  for (let then = FIRST_AGED[at] ?? 0; then <= last; then++)
    goingOn += (AGED_SHARES[at * KNOWN_AGE_GROUPS + then] ?? 0) * (later[then] ?? 0);
  return continuation * goingOn + (1 - continuation) * (later[0] ?? 0);
}

/** `max(0, max_d Q)` of one attempt in an incident of one age. */
function valueAt(chances: readonly number[], terms: ValueTerms, after: After): number {
  let most = 0;
  for (let bin = 0; bin < BIN_COUNT; bin++) {
    if ((terms.gains[bin] ?? 0) <= 0) continue;
    most = Math.max(most, valueOf(terms, bin, chances[bin] ?? 0, valueAfter(bin, after)));
  }
  return most;
}
