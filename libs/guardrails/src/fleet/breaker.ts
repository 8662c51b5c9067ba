import type { BreakerRecord, EpochMs } from '@smart-retry/domain';
import { USUAL_LONGEST_OPEN_MS } from './longest-open.js';

/** Calls to one dependency over some time, as far as they speak of the dependency and not of the job. */
export interface CallEvidence {
  readonly failed: number;
  readonly succeeded: number;
  /** First tries of which nobody has told yet, by their usual rate: had they failed, somebody would have asked. */
  readonly assumed: number;
}

/** Different jobs whose retries failed since any call came through. */
export interface FailedJobs {
  readonly jobs: number;
  /** Of retries that come while all is well, how many fail: 0–1. */
  readonly usualShare: number;
}

export interface BreakerEvidence {
  /** Of the last `EVIDENCE_WINDOW_MS`, as far as the breaker has been closed by then: failures of an outage that is over say nothing. */
  readonly recent: CallEvidence;
  /** Of first tries since the breaker's last transition, and of probes since the first of those that are out; what nobody has reported of these is known by whether their jobs ask. */
  readonly since: CallEvidence;
  /** Since the last first try that failed, or the last transition: first tries made, as told or by their usual rate. */
  readonly quiet: { readonly sinceMs: EpochMs; readonly tries: number };
  /** First tries known to have failed since any call came through: what tells of a dependency that is seldom called. */
  readonly consecutiveFailures: number;
  /** What tells of it where nobody reports first tries; null: how many retries fail does. */
  readonly failedJobs: FailedJobs | null;
  /** Whether first tries are part of it; without them only retries speak, and jobs that can never succeed fail again and again. */
  readonly hasFirstTries: boolean;
  /** How long it is left alone at most, in milliseconds: at least as long as is usual. Worked out only where it is needed. */
  readonly longestOpenMs: () => number;
}

export const EVIDENCE_WINDOW_MS = 20_000;
/** Retries that find out whether a dependency is back, in all processes together. */
const PROBES = 3;
/** After this long without news of them others are sent. */
export const PROBE_TIMEOUT_MS = 30_000;
const FIRST_OPEN_MS = 5_000;
/** The longer a dependency has been away, the rarer it is asked: about every third of the time that it has been away. */
const OPEN_GROWTH = 1.5;
/** Closed for this long, the next outage begins with short waits again. */
const FORGET_AFTER_MS = 60_000;

const WITH_FIRST_TRIES = { failed: 10, share: 0.6 };
const RETRIES_ONLY = { failed: 20, share: 0.95 };
const MOST_IN_A_ROW = 5;
/** Some jobs always fail: so unlikely a row of failures has to be while all is well. */
const LEAST_CHANCE = 1e-5;
const TROUBLE = { failed: 4, share: 0.25 };
const PROBE_SUCCESSES = 2;
const PROBE_FAILURES = 2;
const PROBE_SHARE = 0.5;
/** So long, and so many first tries, without a failure speak as probes do. */
const QUIET_MS = 10_000;
const QUIET_TRIES = 5;
/** … and so long for a look at whether it is back. */
const SEEMS_BACK_MS = 5_000;

/**
 * The next state of a breaker; the same record when nothing changes.
 *
 * closed → open: of the first tries of the last 20 s at least 10 failed, and 60 %; or five in a row, however long they took. Where
 * nobody reports those: retries of five different jobs in a row, and of more where retries often fail; or, where that says nothing, 20
 * retries of the last 20 s, and 95 %.
 * open → half open: after 5 s, half as long again after each failed round of probes up to 60 s, or to 3 min where few call; or
 * after 5 s, and 5 first tries, without a failure.
 * half open → closed: 2 successes (or 10 s without news of failures, at the usual rate), and at least half of all; → open: 2 failures and more than half.
 * A probe whose job asks about its failure has failed; one whose job does not ask for longer than probes take has come through, where
 * reports are seen to go missing.
 * Where it was left alone for more than 60 s a single probe goes out: if it fails → open, if it comes through → half open, with all probes.
 * Where so many call meanwhile that it would be left alone for a third less, it is.
 */
export function nextBreaker(breaker: BreakerRecord, evidence: BreakerEvidence, nowMs: EpochMs): BreakerRecord {
  switch (breaker.state) {
    case 'closed':
      return isFailing(evidence) ? open(breaker, firstOpenMs(breaker, evidence, nowMs), nowMs) : breaker;
    case 'open': {
      const sooner = soonerWhereMoreCall(breaker, evidence);
      return nowMs >= sooner.probeAtMs || seemsBack(evidence, nowMs)
        ? step(sooner, { state: 'half_open' }, nowMs)
        : sooner;
    }
    case 'half_open':
      return judgeProbes(breaker, evidence, nowMs);
  }
}

/** The transition since which probes tell how the dependency is doing: they may take longer than until others are sent. */
export function probesSince({
  firstProbes,
  version,
  sinceMs,
}: BreakerRecord): Pick<BreakerRecord, 'version' | 'sinceMs'> {
  return firstProbes ?? { version, sinceMs };
}

/** Whether so many calls fail that more would do harm, although not so many that none should be made. */
export function isTrouble({ failed, succeeded, assumed }: CallEvidence): boolean {
  return failed >= TROUBLE.failed && failed >= TROUBLE.share * (failed + succeeded + assumed);
}

/** How long few may wait is too long for many who come after it was decided; smaller changes are not worth their news. */
function soonerWhereMoreCall(breaker: BreakerRecord, { longestOpenMs }: BreakerEvidence): BreakerRecord {
  const { openForMs, sinceMs, version } = breaker;
  if (openForMs <= USUAL_LONGEST_OPEN_MS) return breaker;
  const longestMs = longestOpenMs();
  if (OPEN_GROWTH * longestMs > openForMs) return breaker;
  return { ...breaker, openForMs: longestMs, probeAtMs: sinceMs + longestMs, version: version + 1 };
}

function seemsBack({ quiet }: BreakerEvidence, nowMs: EpochMs): boolean {
  return quiet.tries >= QUIET_TRIES && nowMs - quiet.sinceMs >= SEEMS_BACK_MS;
}

/** How many probes a breaker lets through: where few call, each is dear, and one is enough to tell that it is still away. */
export function probesOf({ state, openForMs }: BreakerRecord): number {
  if (state !== 'half_open') return 0;
  return openForMs > USUAL_LONGEST_OPEN_MS ? 1 : PROBES;
}

function judgeProbes(breaker: BreakerRecord, { since, longestOpenMs }: BreakerEvidence, nowMs: EpochMs): BreakerRecord {
  const { failed, succeeded, assumed } = since;
  const total = failed + succeeded + assumed;
  const isQuiet = assumed >= QUIET_TRIES && nowMs - breaker.sinceMs >= QUIET_MS;
  if ((succeeded >= PROBE_SUCCESSES || isQuiet) && succeeded + assumed >= PROBE_SHARE * total) {
    return step(breaker, { state: 'closed', releasedAtMs: nowMs }, nowMs);
  }
  const isAlone = probesOf(breaker) === 1;
  if (failed >= (isAlone ? 1 : PROBE_FAILURES) && failed > (1 - PROBE_SHARE) * total) {
    return open(breaker, Math.min(OPEN_GROWTH * breaker.openForMs, longestOpenMs()), nowMs);
  }
  // One job that comes through is news, and no proof: from here on it is looked at as at the beginning of an outage.
  if (isAlone && succeeded > 0) return step(breaker, { state: 'half_open', openForMs: FIRST_OPEN_MS }, nowMs);
  const areLate = nowMs - breaker.sinceMs >= PROBE_TIMEOUT_MS;
  return areLate ? step(breaker, { state: 'half_open', firstProbes: probesSince(breaker) }, nowMs) : breaker;
}

function isFailing({ recent, consecutiveFailures, failedJobs, hasFirstTries }: BreakerEvidence): boolean {
  const { failed, succeeded, assumed } = recent;
  if (consecutiveFailures >= MOST_IN_A_ROW || (failedJobs !== null && isUnusual(failedJobs))) return true;
  if (!hasFirstTries && failedJobs !== null) return false;
  const needed = hasFirstTries ? WITH_FIRST_TRIES : RETRIES_ONLY;
  return failed >= needed.failed && failed >= needed.share * (failed + succeeded + assumed);
}

function isUnusual({ jobs, usualShare }: FailedJobs): boolean {
  return jobs >= MOST_IN_A_ROW && usualShare ** jobs <= LEAST_CHANCE;
}

function firstOpenMs(breaker: BreakerRecord, { longestOpenMs }: BreakerEvidence, nowMs: EpochMs): number {
  const isRelapse = breaker.version > 0 && nowMs - breaker.sinceMs < FORGET_AFTER_MS;
  return isRelapse ? Math.min(Math.max(breaker.openForMs, FIRST_OPEN_MS), longestOpenMs()) : FIRST_OPEN_MS;
}

function open(breaker: BreakerRecord, openForMs: number, nowMs: EpochMs): BreakerRecord {
  return step(breaker, { state: 'open', openForMs, probeAtMs: nowMs + openForMs }, nowMs);
}

function step(breaker: BreakerRecord, changes: Partial<BreakerRecord>, nowMs: EpochMs): BreakerRecord {
  return { ...breaker, firstProbes: undefined, ...changes, version: breaker.version + 1, sinceMs: nowMs };
}
