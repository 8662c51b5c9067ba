/** What the level above counts for at most, in outcomes. */
export const PRIOR_STRENGTHS = { class: 2, jobType: 8, code: 4, age: 2, attempt: 2, state: 2, tenant: 16 } as const;
