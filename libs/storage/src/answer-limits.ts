/** How many candidates each list of `FailureCandidates` holds at most. */
export const MAX_CANDIDATES = 8;

/** How many groups statistics answer at most; the largest ones win. */
export const MAX_STATISTICS_GROUPS = 1_000;
