/** How far a worker's clock may be behind, and how long after a window a report of it is still looked for. */
export const REPORT_SKEW_MS = 300_000;
export const REPORT_HORIZON_MS = 2 * 86_400_000;
