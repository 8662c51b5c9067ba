/** How long after its time an advice is still worth following. */
export const ADVICE_LIFETIME_MS = 600_000;
