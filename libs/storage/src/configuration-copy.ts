/**
 * For so long a copy that was confirmed counts as the store's, though a slower process still knows the revision before;
 * after it, a store that went back (restored from a backup) is believed.
 */
export const CONFIRMATION_HOLDS_MS = 5_000;
