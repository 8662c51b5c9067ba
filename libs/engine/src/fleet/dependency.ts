import {
  NEW_BREAKER,
  type BreakerRecord,
  type EpochMs,
  type FailureKind,
  type FleetNews,
  type FleetShare,
} from '@smart-retry/domain';
import {
  budgetOf,
  EVIDENCE_WINDOW_MS,
  isTrouble,
  nextBreaker,
  PROBES,
  type BreakerEvidence,
  type BudgetTerms,
  type RetryBudget,
} from '@smart-retry/guardrails';
import { CallTally, firstKeyOf, SLOT_MS, slotOf, type CountedCall } from './call-tally.js';
import { firstTriesPerSecond } from './first-try-rate.js';
import { FullRun } from './full-run.js';
import { SharedSums } from './shared-sums.js';
import { TenantShares } from './tenant-shares.js';
import { Throttle } from './throttle.js';

/** News older than this say nothing of now. */
const LATE_MS = 60_000;
const KEEP_SLOTS = 900_000 / SLOT_MS;
const EVALUATE_EVERY_MS = 200;
const KEEP_BOOKINGS_SECONDS = 60;
const SINCE_KEYS = 4;
const SINCE = { retryFailed: 0, succeeded: 1, firstFailed: 2 } as const;

/** The latest time of each kind of news; never goes back. */
export interface LatestNews {
  firstTryMs: EpochMs;
  firstSuccessMs: EpochMs;
  firstFailureMs: EpochMs;
  /** First tries reported as counts. */
  countsMs: EpochMs;
  successMs: EpochMs;
  hintSeenMs: EpochMs;
  hintUntilMs: EpochMs;
  /** Many calls failed. */
  troubleMs: EpochMs;
}

/** Whether the dependency may be the cause of such a failure. */
function isEvidence(kind: FailureKind): boolean {
  return kind === 'timeout' || kind === 'unavailable' || kind === 'other';
}

/** Whether several processes compare notes: probes are then given out by the ledger. */
export interface Sharing {
  readonly isSharing: boolean;
}

/** One downstream as all its callers see it together: what became of calls, its breaker, and the places booked there. */
export class Dependency {
  readonly calls = new CallTally();
  readonly bookings = new SharedSums();
  readonly full = new FullRun();
  readonly tenants = new TenantShares();
  readonly throttle = new Throttle();
  /** Calls since each of the breaker's transitions. */
  readonly since = new SharedSums();
  readonly latest: LatestNews = {
    firstTryMs: 0,
    firstSuccessMs: 0,
    firstFailureMs: 0,
    countsMs: 0,
    successMs: 0,
    hintSeenMs: 0,
    hintUntilMs: 0,
    troubleMs: 0,
  };
  breaker: BreakerRecord = NEW_BREAKER;
  /** Probes that this process may give. */
  probesLeft = 0;
  /** When it was last asked or told about. */
  usedAtMs: EpochMs = 0;
  /** Jobs that were put off while probes were under way. */
  waiting = 0;
  readonly #sharing: Sharing;
  #rate: { readonly slot: number; readonly perSecond: number | null } | null = null;
  #evaluatedAtMs = 0;
  #budget: { readonly terms: BudgetTerms; readonly budget: RetryBudget } | null = null;

  constructor(sharing: Sharing) {
    this.#sharing = sharing;
  }

  /** A failed attempt whose worker asks what to do. */
  noteAsk(attemptNumber: number, kind: FailureKind, atMs: EpochMs, nowMs: EpochMs): void {
    if (attemptNumber !== 1 || !isEvidence(kind) || nowMs - atMs > LATE_MS) return;
    this.#count('firstAsked', atMs);
    this.latest.firstFailureMs = Math.max(this.latest.firstFailureMs, atMs);
    this.#countSince('firstFailed', atMs);
  }

  /** @param kind null for a success */
  noteReport(
    report: { readonly isRetry: boolean; readonly startedAtMs: EpochMs; readonly atMs: EpochMs },
    kind: FailureKind | null,
    nowMs: EpochMs,
  ): void {
    this.usedAtMs = Math.max(this.usedAtMs, nowMs);
    const { isRetry, startedAtMs } = report;
    const atMs = Math.min(report.atMs, nowMs);
    if (!isRetry)
      this.noteFirstTries({ succeeded: Number(kind === null), failed: Number(kind !== null) }, atMs, atMs, nowMs);
    if (kind === null) this.latest.successMs = Math.max(this.latest.successMs, atMs);
    if (nowMs - atMs > LATE_MS || (kind !== null && !isEvidence(kind))) return;
    if (kind === null) {
      this.#count(isRetry ? 'retriesSucceeded' : 'firstSucceeded', atMs);
      this.#countSince('succeeded', startedAtMs);
    } else if (isRetry && kind !== 'other') {
      this.#count('retriesFailed', atMs);
      this.#countSince('retryFailed', startedAtMs);
    } else if (!isRetry) {
      this.#count('firstFailed', atMs);
      this.latest.firstFailureMs = Math.max(this.latest.firstFailureMs, atMs);
    }
  }

  /** First tries over `[fromMs, toMs]`, spread evenly. */
  noteFirstTries(
    { succeeded, failed }: { readonly succeeded: number; readonly failed: number },
    fromMs: EpochMs,
    toMs: EpochMs,
    nowMs: EpochMs,
  ): void {
    const first = slotOf(fromMs);
    const last = slotOf(Math.min(toMs, nowMs));
    const each = (succeeded + failed) / (slotOf(toMs) - first + 1);
    for (let slot = Math.max(first, slotOf(nowMs) - KEEP_SLOTS); slot <= last; slot++)
      this.calls.add('firstTries', slot, each);
    this.latest.firstTryMs = Math.max(this.latest.firstTryMs, Math.min(toMs, nowMs));
    if (toMs > fromMs) this.latest.countsMs = Math.max(this.latest.countsMs, Math.min(toMs, nowMs));
    if (succeeded > 0) this.latest.firstSuccessMs = Math.max(this.latest.firstSuccessMs, Math.min(toMs, nowMs));
    this.#rate = null;
  }

  /** A server has asked somebody to wait. */
  noteHint(hintMs: number, atMs: EpochMs): void {
    if (atMs + hintMs <= this.latest.hintUntilMs) return;
    this.latest.hintSeenMs = Math.max(this.latest.hintSeenMs, atMs);
    this.latest.hintUntilMs = atMs + hintMs;
  }

  /** How much longer all have to wait by the server's word; nobody once a call has come through since. */
  hintLeftMs(nowMs: EpochMs): number {
    const { hintUntilMs, hintSeenMs, successMs } = this.latest;
    return successMs > hintSeenMs ? 0 : Math.max(0, hintUntilMs - nowMs);
  }

  firstTriesPerSecond(nowMs: EpochMs): number | null {
    const slot = slotOf(nowMs);
    if (this.#rate?.slot !== slot) {
      this.calls.forgetBefore(slot - KEEP_SLOTS);
      this.bookings.forgetBefore(Math.floor(nowMs / 1_000) - KEEP_BOOKINGS_SECONDS);
      this.since.forgetBefore((this.breaker.version - 1) * SINCE_KEYS);
      this.#rate = { slot, perSecond: firstTriesPerSecond(this.calls, this.latest, nowMs) };
    }
    return this.#rate.perSecond;
  }

  /** The same one as long as its terms are the same. */
  budgetFor(terms: BudgetTerms): RetryBudget {
    const known = this.#budget;
    const keys = Object.keys(terms) as (keyof BudgetTerms)[];
    if (known !== null && keys.every((key) => known.terms[key] === terms[key])) return known.budget;
    const budget = budgetOf(terms);
    this.#budget = { terms, budget };
    return budget;
  }

  /** The breaker as of now: what was heard since may have moved it. */
  breakerAt(nowMs: EpochMs): BreakerRecord {
    this.usedAtMs = Math.max(this.usedAtMs, nowMs);
    return this.lookAtBreaker(nowMs);
  }

  /** The same for who only looks, which does not make it one in use. */
  lookAtBreaker(nowMs: EpochMs): BreakerRecord {
    if (nowMs - this.#evaluatedAtMs < EVALUATE_EVERY_MS && nowMs >= this.#evaluatedAtMs) return this.breaker;
    this.#evaluatedAtMs = nowMs;
    const evidence = this.evidence(nowMs);
    if (this.breaker.state !== 'closed' || isTrouble(evidence.recent))
      this.latest.troubleMs = Math.max(this.latest.troubleMs, nowMs);
    const next = nextBreaker(this.breaker, evidence, nowMs);
    if (next !== this.breaker) this.adoptBreaker(next);
    return this.breaker;
  }

  adoptBreaker(breaker: BreakerRecord): void {
    const isOther = breaker.version !== this.breaker.version;
    this.breaker = breaker;
    if (isOther) this.waiting = 0;
    if (isOther) this.probesLeft = breaker.state === 'half_open' && !this.#sharing.isSharing ? PROBES : 0;
  }

  /** What this process has to tell of it, and what all may forget at a time. */
  news(dependency: string, forgetAtMs: EpochMs): FleetNews {
    const wantsProbes = this.breaker.state === 'half_open' && this.probesLeft === 0 && this.waiting > 0;
    return {
      dependency,
      added: {
        calls: this.calls.sums.unshared(),
        bookings: this.bookings.unshared(),
        since: this.since.unshared(),
        demand: this.tenants.demand.unshared(),
        shares: this.tenants.bookings.unshared(),
      },
      forgetBelow: {
        calls: firstKeyOf(slotOf(forgetAtMs) - KEEP_SLOTS),
        bookings: Math.floor(forgetAtMs / 1_000) - KEEP_BOOKINGS_SECONDS,
        since: (this.breaker.version - 1) * SINCE_KEYS,
        ...this.tenants.forgetBelow(forgetAtMs),
      },
      latest: { ...this.latest },
      breaker: this.breaker,
      wantedProbes: wantsProbes ? Math.min(PROBES, this.waiting) : 0,
    };
  }

  /** Takes what all know by now, `told` by this process included. */
  adopt({ sums, latest, breaker, probes }: FleetShare, told: FleetNews): void {
    this.calls.sums.adopt(sums.calls, told.added.calls);
    this.bookings.adopt(sums.bookings, told.added.bookings);
    this.since.adopt(sums.since, told.added.since);
    this.tenants.demand.adopt(sums.demand, told.added.demand);
    this.tenants.bookings.adopt(sums.shares, told.added.shares);
    for (const kind of Object.keys(this.latest) as (keyof LatestNews)[]) {
      this.latest[kind] = Math.max(this.latest[kind], latest[kind] ?? 0);
    }
    this.#rate = null;
    const isNewer = breaker.version > this.breaker.version;
    const isOthers = breaker.version === told.breaker.version && told.breaker.version === this.breaker.version;
    if (isNewer || isOthers) this.adoptBreaker(breaker);
    if (this.breaker.version === told.breaker.version) this.probesLeft += probes;
  }

  evidence(nowMs: EpochMs): BreakerEvidence {
    const perSecond = this.firstTriesPerSecond(nowMs);
    // Counts say nothing of now: what is not asked about is taken for a success then.
    const assumesRest = perSecond !== null && nowMs - this.latest.countsMs < 900_000;
    const to = slotOf(nowMs) + 1;
    const { releasedAtMs, sinceMs, state } = this.breaker;
    const isReleased = state === 'closed' && releasedAtMs !== null;
    const fromWindow = to - EVIDENCE_WINDOW_MS / SLOT_MS;
    const from = isReleased ? Math.max(fromWindow, Math.min(to, slotOf(releasedAtMs) + 1)) : fromWindow;
    const firstFailed = Math.max(this.calls.sum('firstAsked', from, to), this.calls.sum('firstFailed', from, to));
    const expected = (inMs: number) => (assumesRest ? (perSecond * Math.max(0, inMs)) / 1_000 : 0);
    const firstSucceeded = this.calls.sum('firstSucceeded', from, to);
    const isKnown = perSecond !== null;
    // Retries are of jobs that have failed before, some of which always will: first tries speak of the dependency.
    const recent = isKnown
      ? {
          failed: firstFailed,
          succeeded: firstSucceeded,
          assumed: Math.max(0, expected(nowMs - from * SLOT_MS) - firstFailed - firstSucceeded),
        }
      : {
          failed: this.calls.sum('retriesFailed', from, to),
          succeeded: this.calls.sum('retriesSucceeded', from, to),
          assumed: 0,
        };
    const key = this.breaker.version * SINCE_KEYS;
    const quietSinceMs = Math.max(this.latest.firstFailureMs, sinceMs);
    const sinceFirstFailed = isKnown ? this.since.get(key + SINCE.firstFailed) : 0;
    return {
      recent,
      since: {
        failed: this.since.get(key + SINCE.retryFailed) + sinceFirstFailed,
        succeeded: this.since.get(key + SINCE.succeeded),
        assumed: Math.max(0, expected(nowMs - sinceMs) - sinceFirstFailed),
      },
      quiet: {
        sinceMs: quietSinceMs,
        tries:
          expected(nowMs - quietSinceMs) +
          this.calls.sum('firstSucceeded', Math.max(from, slotOf(quietSinceMs) + 1), to),
      },
      hasFirstTries: isKnown,
    };
  }

  #count(call: CountedCall, atMs: EpochMs): void {
    this.calls.add(call, slotOf(atMs));
  }

  #countSince(what: keyof typeof SINCE, startedAtMs: EpochMs): void {
    if (this.breaker.state === 'closed' || startedAtMs < this.breaker.sinceMs) return;
    this.since.add(this.breaker.version * SINCE_KEYS + SINCE[what], 1);
  }
}
