import { createRng, taughtOutcomeOf } from '../../libs/domain/dist/index.js';

const FAMILIES = 50;
const CODES = 3;
const TENANTS = 4;
const START_MS = Date.UTC(2026, 0, 1);
const DEFAULT_STEP_MS = 1;

/**
 * Failures and what becomes of their retries, the same for the same seed: 50 job types with three error codes and four
 * tenants, attempts one to four, incidents from new to hours old; success is likelier the longer the wait.
 */
export function createTaughtTraffic({ stepMs = DEFAULT_STEP_MS } = {}) {
  const rng = createRng([0x62656e63, 0x68, 0, 1]);
  const below = (n) => Math.floor(rng() * n);
  let count = 0;
  const nextFailure = () => {
    const family = below(FAMILIES);
    return {
      jobType: `job_type_${family}`,
      errorClass: family % 2 === 0 ? 'timeout' : 'server_error',
      errorCode: String(500 + below(CODES)),
      attemptNumber: 1 + Math.floor(4 * rng() ** 2),
      tenant: `tenant_${below(TENANTS)}`,
      queue: 'default',
      incidentAgeMs: Math.round(500 * 2 ** (rng() * 14)),
    };
  };
  return {
    nextFailure,
    /** The time of the traffic: goes on with each outcome. */
    nowMs: () => START_MS + count * stepMs,
    /** What the retry of another failure taught, as the feed hands it to the teacher. */
    nextOutcome() {
      const { jobType, errorClass, errorCode, attemptNumber, tenant, queue, incidentAgeMs } = nextFailure();
      const atMs = START_MS + ++count * stepMs;
      const delayMs = Math.round(200 * 2 ** (rng() * 12));
      const success = rng() < delayMs / (delayMs + 20_000);
      const report = { jobType, tenant, queue, success, timestampMs: atMs };
      const link = { errorClass, errorCode, failedAttemptNumber: attemptNumber, delayMs, incidentAgeMs };
      return taughtOutcomeOf({ report, link, recordedAtMs: atMs });
    },
  };
}
