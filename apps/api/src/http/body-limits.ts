/** Largest body, in bytes, unless a route says otherwise. */
export const BODY_LIMIT = 64 * 1024;

/** Of batches and counts. */
export const BATCH_BODY_LIMIT = 5 * 1024 * 1024;

/** Of configuration: room for hundreds of policies. */
export const CONFIGURATION_BODY_LIMIT = 1024 * 1024;
