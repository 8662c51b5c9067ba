/** What the level above counts for at most, in outcomes. */
export const PRIOR_STRENGTHS = { age: 2, attempt: 2, state: 2, tenant: 16 } as const;

/** The same for the levels of a kind of failure, from the most general: class, job type, code, size of the payload. */
const STRENGTHS_OF_KIND: readonly number[] = [2, 8, 4, 4];

/** What the levels above count for at most at a level of a kind of failure, 0 being its class. */
export function priorStrengthOfLevel(level: number): number {
  return STRENGTHS_OF_KIND[level] ?? 4;
}
