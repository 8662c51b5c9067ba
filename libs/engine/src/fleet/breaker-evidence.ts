import type { BreakerRecord, EpochMs, Objective } from '@smart-retry/domain';
import { EVIDENCE_WINDOW_MS, longestOpenMs, type BreakerEvidence } from '@smart-retry/guardrails';
import type { Askers } from './askers.js';
import { SLOT_MS, slotOf, type CallTally } from './call-tally.js';
import type { CallsSince } from './calls-since.js';
import type { FailedRun } from './failed-run.js';
import { REMEMBERED_MS, REPORTS_ALL_MS, SHORTEST_AVERAGE_MS, type FirstTryRate } from './first-try-rate.js';
import { allReportedMs, type LatestNews } from './latest-news.js';
import type { Probes } from './probes.js';
import type { SeenFirstTries } from './seen-rate.js';

/** Counts older than this do not say that the rest is reported. */
const COUNTS_SPEAK_MS = 900_000;
/** Where few call, their failures are averaged over this long, and have begun no earlier. */
const WAITING_AVERAGED_MS = 900_000;

/** What is known of the calls to one dependency. */
export interface KnownCalls {
  readonly calls: CallTally;
  readonly since: CallsSince;
  readonly breaker: BreakerRecord;
  readonly latest: LatestNews;
  readonly run: FailedRun;
  readonly probes: Probes;
  readonly askers: Askers;
  /** Null where nobody reports them. */
  readonly firstTries: FirstTryRate | null;
  /** Where nobody does. */
  readonly seen: SeenFirstTries | null;
  readonly objective: () => Objective;
}

/** What calls say of the dependency, as its breaker weighs them. */
export function breakerEvidence(known: KnownCalls, nowMs: EpochMs): BreakerEvidence {
  const { calls, since, breaker, latest, seen, run, askers } = known;
  // Whose first try does not ask is known to have come through, by how many there were in the last outage.
  // Where they were reported until lately there are fewer now, or none: how many there were is no evidence of success.
  const isSeen = seen?.isOfOutage === true && nowMs - allReportedMs(latest) >= REPORTS_ALL_MS;
  const firstTries =
    known.firstTries ?? (isSeen ? { ...seen, latelyPerSecond: seen.perSecond, unaskedShare: 0 } : null);
  const { releasedAtMs, sinceMs, state } = breaker;
  // Where first tries are known they tell, and where waiting uses up attempts few are no danger for a dependency.
  const goesByJobs = known.firstTries === null && askers.askAgainAt(nowMs);
  // Counts say nothing of now: what is not asked about is taken for a success then.
  const assumesRest = firstTries !== null && (known.firstTries === null || nowMs - latest.countsMs < COUNTS_SPEAK_MS);
  const expected = (perSecond: number, inMs: number) => (assumesRest ? (perSecond * Math.max(0, inMs)) / 1_000 : 0);
  const { perSecond = 0, latelyPerSecond = 0, unaskedShare = 0 } = firstTries ?? {};
  // Nobody asks about some of those that fail: they are no successes.
  const notKnownToFail = (tries: number, asked: number) => tries * (1 - unaskedShare) - asked;
  const to = slotOf(nowMs) + 1;
  const isReleased = state === 'closed' && releasedAtMs !== null;
  const fromWindow = to - EVIDENCE_WINDOW_MS / SLOT_MS;
  const from = isReleased ? Math.max(fromWindow, Math.min(to, slotOf(releasedAtMs) + 1)) : fromWindow;
  const firstFailed = Math.max(calls.sum('firstAsked', from, to), calls.sum('firstFailed', from, to));
  const firstSucceeded = calls.sum('firstSucceeded', from, to);
  const isKnown = firstTries !== null;
  // Retries are of jobs that have failed before, some of which always will: first tries speak of the dependency.
  const recent = isKnown
    ? {
        failed: firstFailed,
        succeeded: firstSucceeded,
        assumed: Math.max(0, notKnownToFail(expected(perSecond, nowMs - from * SLOT_MS), firstFailed) - firstSucceeded),
      }
    : {
        failed: calls.sum('retriesFailed', from, to),
        succeeded: calls.sum('retriesSucceeded', from, to),
        assumed: 0,
      };
  const quietSinceMs = Math.max(latest.firstFailureMs, sinceMs);
  const unreported = known.probes.unreported(breaker, nowMs);
  const sinceFirstFailed = isKnown ? since.get('firstFailed', breaker) : 0;
  return {
    recent,
    since: {
      failed: since.get('retryFailed', breaker) + sinceFirstFailed + unreported.failed,
      succeeded: since.get('succeeded', breaker) + unreported.succeeded,
      // Where all calls fail in a trough, those that are not made would seem to have come through.
      assumed: Math.max(0, notKnownToFail(expected(latelyPerSecond, nowMs - sinceMs), sinceFirstFailed)),
    },
    quiet: {
      sinceMs: quietSinceMs,
      tries:
        expected(latelyPerSecond, nowMs - quietSinceMs) +
        calls.sum('firstSucceeded', Math.max(from, slotOf(quietSinceMs) + 1), to),
    },
    consecutiveFailures: consecutiveFailures(known, nowMs),
    failedJobs: goesByJobs ? run.at(Math.max(latest.successMs, releasedAtMs ?? 0), nowMs) : null,
    hasFirstTries: isKnown,
    longestOpenMs: () => longestOpenMs(waitingCallersPerSecond(known, nowMs), known.objective()),
  };
}

/** First tries known to have failed since any call came through, as far as reports of first tries cover that time. */
function consecutiveFailures({ calls, breaker, latest }: KnownCalls, nowMs: EpochMs): number {
  const { firstSuccessMs, firstTryMs, firstFailureMs, successMs } = latest;
  const sinceMs = Math.max(firstSuccessMs, successMs, breaker.releasedAtMs ?? 0, firstTryMs - REMEMBERED_MS);
  const isCovered = allReportedMs(latest) > 0 && nowMs - firstTryMs <= REMEMBERED_MS && firstFailureMs > sinceMs;
  if (!isCovered) return 0;
  const [from, to] = [slotOf(sinceMs) + 1, slotOf(firstTryMs) + 1];
  return Math.min(calls.sum('firstTries', from, to), calls.sum('firstAsked', from, to));
}

/** When the first try failed since which no call has come through; at most a quarter of an hour before, and `atMs` where none is known. */
export function failingSinceMs(known: Pick<KnownCalls, 'calls' | 'latest' | 'breaker'>, atMs: EpochMs): EpochMs {
  const to = slotOf(atMs);
  const from = Math.max(to - WAITING_AVERAGED_MS / SLOT_MS, slotOf(lastSuccessMs(known)) + 1);
  const first = known.calls.first('firstAsked', from, to);
  return first < to ? first * SLOT_MS : atMs;
}

/** The last time that a call came through, or its breaker took it for back; 0 for never. */
function lastSuccessMs({ latest, breaker }: Pick<KnownCalls, 'latest' | 'breaker'>): EpochMs {
  return Math.max(latest.firstSuccessMs, latest.successMs, breaker.releasedAtMs ?? 0);
}

/** Callers a second that wait for the end of an outage: those that came of late, or all that wait, over the time since any came through. */
function waitingCallersPerSecond({ calls, latest, breaker }: KnownCalls, nowMs: EpochMs): number {
  const sinceMs = lastSuccessMs({ latest, breaker });
  const lastedMs = Math.max(WAITING_AVERAGED_MS, sinceMs === 0 ? 0 : nowMs - sinceMs);
  return Math.max(failedFirstTriesPerSecond(calls, nowMs), (1_000 * calls.waitingAt(nowMs)) / lastedMs);
}

/** First tries a second that failed and asked, since the first of the last quarter of an hour: in an outage those that wait for its end. */
function failedFirstTriesPerSecond(calls: CallTally, nowMs: EpochMs): number {
  const to = slotOf(nowMs) + 1;
  const from = to - WAITING_AVERAGED_MS / SLOT_MS;
  const sinceMs = calls.first('firstAsked', from, to) * SLOT_MS;
  return (1_000 * calls.sum('firstAsked', from, to)) / Math.max(SHORTEST_AVERAGE_MS, nowMs - sinceMs);
}
