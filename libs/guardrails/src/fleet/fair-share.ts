/** What those who have not asked lately are left of a budget, so that they need not wait when they come. */
const NEWCOMERS_SHARE = 0.1;
/** What is kept for somebody who asks for less than an equal part, as a multiple of what was asked for lately. */
const HEADROOM = 2;

/**
 * The largest share of a budget that any one of those may take who ask for it (max-min fairness): as much as is left
 * when each of the others has twice what it asks for, or an equal part where that is less. Who asks for little is never
 * short of it because of who asks for much.
 *
 * @param demands as parts of the budget, ≥ 0, one for each
 * @returns 0–1
 */
export function largestFairShare(demands: readonly number[]): number {
  const ascending = demands.map((demand) => HEADROOM * demand).sort((a, b) => a - b);
  let left = 1 - NEWCOMERS_SHARE;
  for (const [i, wanted] of ascending.entries()) {
    const equal = left / (ascending.length - i);
    if (wanted > equal || i === ascending.length - 1) return equal;
    left -= wanted;
  }
  return left;
}
