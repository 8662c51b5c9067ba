import type { BreakerRecord, EpochMs } from '@smart-retry/domain';

/** Calls to one dependency over some time, as far as they speak of the dependency and not of the job. */
export interface CallEvidence {
  readonly failed: number;
  readonly succeeded: number;
  /** First tries of which nobody has told yet, by their usual rate: had they failed, somebody would have asked. */
  readonly assumed: number;
}

export interface BreakerEvidence {
  /** Of the last `EVIDENCE_WINDOW_MS`. */
  readonly recent: CallEvidence;
  /** Of calls that began after the breaker's last transition. */
  readonly since: CallEvidence;
  /** Whether first tries are part of it; without them only retries speak, and more has to be said. */
  readonly hasFirstTries: boolean;
}

export const EVIDENCE_WINDOW_MS = 20_000;
/** Retries that find out whether a dependency is back, in all processes together. */
export const PROBES = 3;
/** After this long without news of them others are sent. */
export const PROBE_TIMEOUT_MS = 30_000;
const FIRST_OPEN_MS = 5_000;
const LONGEST_OPEN_MS = 60_000;
/** Closed for this long, the next outage begins with short waits again. */
const FORGET_AFTER_MS = 60_000;

const WITH_FIRST_TRIES = { failed: 10, share: 0.6 };
const RETRIES_ONLY = { failed: 20, share: 0.95 };
const TROUBLE = { failed: 4, share: 0.25 };
const PROBE_SUCCESSES = 2;
const PROBE_SHARE = 0.5;
/** So long, and so many first tries, without a failure speak as probes do. */
const QUIET_MS = 10_000;
const ASSUMED_SUCCESSES = 5;

/**
 * The next state of a breaker; the same record when nothing changes.
 *
 * closed → open: of the calls of the last 20 s at least 10 failed, and 60 %; where first tries are not known, 20 and 95 %.
 * open → half open: after 5 s, doubled after each failed round of probes up to 60 s.
 * half open → closed: 2 successes (or 10 s without news of failures, at the usual rate), and at least half of all; → open: 2 failures and more than half.
 */
export function nextBreaker(breaker: BreakerRecord, evidence: BreakerEvidence, nowMs: EpochMs): BreakerRecord {
  switch (breaker.state) {
    case 'closed':
      return isFailing(evidence) ? open(breaker, firstOpenMs(breaker, nowMs), nowMs) : breaker;
    case 'open':
      return nowMs >= breaker.probeAtMs ? step(breaker, { state: 'half_open' }, nowMs) : breaker;
    case 'half_open':
      return judgeProbes(breaker, evidence.since, nowMs);
  }
}

/** Whether so many calls fail that more would do harm, although not so many that none should be made. */
export function isTrouble({ failed, succeeded, assumed }: CallEvidence): boolean {
  return failed >= TROUBLE.failed && failed >= TROUBLE.share * (failed + succeeded + assumed);
}

function judgeProbes(breaker: BreakerRecord, since: CallEvidence, nowMs: EpochMs): BreakerRecord {
  const { failed, succeeded, assumed } = since;
  const total = failed + succeeded + assumed;
  const isQuiet = assumed >= ASSUMED_SUCCESSES && nowMs - breaker.sinceMs >= QUIET_MS;
  if ((succeeded >= PROBE_SUCCESSES || isQuiet) && succeeded + assumed >= PROBE_SHARE * total) {
    return step(breaker, { state: 'closed', releasedAtMs: nowMs }, nowMs);
  }
  if (failed >= PROBE_SUCCESSES && failed > (1 - PROBE_SHARE) * total) {
    return open(breaker, Math.min(2 * breaker.openForMs, LONGEST_OPEN_MS), nowMs);
  }
  return nowMs - breaker.sinceMs >= PROBE_TIMEOUT_MS ? step(breaker, { state: 'half_open' }, nowMs) : breaker;
}

function isFailing({ recent: { failed, succeeded, assumed }, hasFirstTries }: BreakerEvidence): boolean {
  const needed = hasFirstTries ? WITH_FIRST_TRIES : RETRIES_ONLY;
  return failed >= needed.failed && failed >= needed.share * (failed + succeeded + assumed);
}

function firstOpenMs(breaker: BreakerRecord, nowMs: EpochMs): number {
  const isRelapse = breaker.version > 0 && nowMs - breaker.sinceMs < FORGET_AFTER_MS;
  return isRelapse ? Math.min(Math.max(breaker.openForMs, FIRST_OPEN_MS), LONGEST_OPEN_MS) : FIRST_OPEN_MS;
}

function open(breaker: BreakerRecord, openForMs: number, nowMs: EpochMs): BreakerRecord {
  return step(breaker, { state: 'open', openForMs, probeAtMs: nowMs + openForMs }, nowMs);
}

function step(breaker: BreakerRecord, changes: Partial<BreakerRecord>, nowMs: EpochMs): BreakerRecord {
  return { ...breaker, ...changes, version: breaker.version + 1, sinceMs: nowMs };
}
