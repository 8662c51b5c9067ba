import {
  NEW_BREAKER,
  type BreakerRecord,
  type EpochMs,
  type FailureKind,
  type FleetNews,
  type FleetShare,
  type GuardrailSettings,
} from '@smart-retry/domain';
import { isTrouble, nextBreaker, probesOf, type BreakerEvidence } from '@smart-retry/guardrails';
import { Askers } from './askers.js';
import { breakerEvidence, failingSinceMs } from './breaker-evidence.js';
import type { BudgetPlaces, FleetPlace } from './budget-places.js';
import { callRates, pacedFirstTries, type CallRates } from './call-rates.js';
import { CallTally, firstKeyOf, SLOT_MS, slotOf, type CountedCall } from './call-tally.js';
import { CallsSince } from './calls-since.js';
import { DependencyBudget } from './dependency-budget.js';
import { FailedRun } from './failed-run.js';
import type { FleetTerms } from './fleet-terms.js';
import { FullRun } from './full-run.js';
import { NO_NEWS, type LatestNews } from './latest-news.js';
import { Overrun } from './overrun.js';
import { Probes, type ProbingJob } from './probes.js';
import { noteProcessingTime } from './processing-times.js';
import { isEvidence, isRetryEvidence, type FirstTries, type ReportedCall } from './reported-calls.js';
import { SeenRate } from './seen-rate.js';
import { SharedSums } from './shared-sums.js';
import { TenantShares } from './tenant-shares.js';
import { Throttle } from './throttle.js';
import { ToldPlaces } from './told-places.js';
import { Trouble } from './trouble.js';

/** News older than this say nothing of now. */
const LATE_MS = 60_000;
const KEEP_SLOTS = 900_000 / SLOT_MS;
const EVALUATE_EVERY_MS = 200;
const KEEP_BOOKINGS_SECONDS = 60;

/** One downstream as all its callers see it together: what became of calls, its breaker, and the places booked there. */
export class Dependency {
  readonly calls = new CallTally();
  readonly bookings = new SharedSums();
  readonly full = new FullRun();
  readonly told = new ToldPlaces(this.calls);
  readonly tenants = new TenantShares();
  readonly throttle = new Throttle();
  readonly since = new CallsSince();
  readonly latest: LatestNews = { ...NO_NEWS };
  readonly askers = new Askers();
  readonly trouble = new Trouble();
  readonly probes = new Probes();
  breaker: BreakerRecord = NEW_BREAKER;
  /** When it was last asked or told about. */
  usedAtMs: EpochMs = 0;
  /** Jobs that were put off while probes were under way. */
  waiting = 0;
  readonly #terms: FleetTerms;
  #rate: (CallRates & { readonly slot: number }) | null = null;
  #evaluatedAtMs = 0;
  #forgotInSlot = 0;
  readonly #budget = new DependencyBudget(this);
  readonly #run = new FailedRun();
  readonly #seen = new SeenRate();
  readonly #overrun = new Overrun();

  constructor(terms: FleetTerms) {
    this.#terms = terms;
  }

  /** A failed attempt whose worker asks what to do. */
  noteAsk(attemptNumber: number, kind: FailureKind, atMs: EpochMs, nowMs: EpochMs): void {
    if (attemptNumber !== 1 || nowMs - atMs > LATE_MS) return;
    if (kind === 'throttled') this.#count('firstThrottled', atMs);
    if (!isEvidence(kind)) return;
    this.#count('firstAsked', atMs);
    this.latest.firstFailureMs = Math.max(this.latest.firstFailureMs, atMs);
    this.since.add('firstFailed', this.breaker, atMs);
  }

  /** @param kind null for a success */
  noteReport(
    { retriedJob, endedAtMs, processingTimeMs }: ReportedCall,
    kind: FailureKind | null,
    nowMs: EpochMs,
  ): void {
    const isRetry = retriedJob !== null;
    this.usedAtMs = Math.max(this.usedAtMs, nowMs);
    const startedAtMs = endedAtMs - (processingTimeMs ?? 0);
    const atMs = Math.min(endedAtMs, nowMs);
    const timeMs = kind === 'not_sent' ? undefined : processingTimeMs;
    if (!isRetry) {
      const failed = Number(kind !== null);
      this.noteFirstTries({ succeeded: 1 - failed, failed, processingTimeMs: timeMs }, atMs, atMs, nowMs);
    } else if (timeMs !== undefined && slotOf(atMs) >= slotOf(nowMs) - KEEP_SLOTS) {
      noteProcessingTime(this.calls, { isRetry, timed: 1, totalMs: timeMs }, slotOf(atMs));
    }
    if (kind === null) this.latest.successMs = Math.max(this.latest.successMs, atMs);
    if (nowMs - atMs > LATE_MS || (kind !== null && !isEvidence(kind))) return;
    if (kind === null) {
      if (isRetry) this.#run.noteSuccess();
      this.#count(isRetry ? 'retriesSucceeded' : 'firstSucceeded', atMs);
      this.since.add('succeeded', this.breaker, startedAtMs);
    } else if (isRetry && isRetryEvidence(kind)) {
      this.#run.noteFailure(retriedJob, atMs);
      this.#count('retriesFailed', atMs);
      this.since.add('retryFailed', this.breaker, startedAtMs);
    } else if (!isRetry) {
      this.#count('firstFailed', atMs);
      this.latest.firstFailureMs = Math.max(this.latest.firstFailureMs, atMs);
    }
  }

  /** First tries over `[fromMs, toMs]`, spread evenly, with the processing time of all together where it is known. */
  noteFirstTries(
    { succeeded, failed, processingTimeMs }: FirstTries,
    fromMs: EpochMs,
    toMs: EpochMs,
    nowMs: EpochMs,
  ): void {
    const first = slotOf(fromMs);
    const last = slotOf(Math.min(toMs, nowMs));
    const slots = slotOf(toMs) - first + 1;
    const each = (succeeded + failed) / slots;
    for (let slot = Math.max(first, slotOf(nowMs) - KEEP_SLOTS); slot <= last; slot++) {
      this.calls.add('firstTries', slot, each);
      if (failed > 0) this.calls.add('firstToldFailed', slot, failed / slots);
      if (processingTimeMs === undefined) continue;
      noteProcessingTime(this.calls, { isRetry: false, timed: each, totalMs: processingTimeMs / slots }, slot);
    }
    this.usedAtMs = Math.max(this.usedAtMs, nowMs);
    this.latest.firstTryMs = Math.max(this.latest.firstTryMs, Math.min(toMs, nowMs));
    if (toMs > fromMs) this.latest.countsMs = Math.max(this.latest.countsMs, Math.min(toMs, nowMs));
    if (succeeded > 0) this.latest.firstSuccessMs = Math.max(this.latest.firstSuccessMs, Math.min(toMs, nowMs));
    this.#rate = null;
  }

  firstTriesPerSecond(nowMs: EpochMs): number | null {
    return this.#rateAt(nowMs).firstTries?.perSecond ?? null;
  }

  /** What a pace goes by. */
  pacedFirstTries(nowMs: EpochMs): number | null {
    return pacedFirstTries(this.#rateAt(nowMs));
  }

  /** Retries a second while it throttles; null where it does not. */
  paceAt(nowMs: EpochMs, { replicas }: FleetPlace): number | null {
    return this.throttle.paceAt(nowMs, this.#rateAt(nowMs), replicas);
  }

  /** How many times as long a retry takes as a first try; null where that is not known. */
  retryTimeRatio(nowMs: EpochMs): number | null {
    return this.#rateAt(nowMs).retryTimeRatio;
  }

  /** Places in its retry budget as of now; null where nobody reports first tries. */
  budgetPlaces(guardrails: GuardrailSettings, place: FleetPlace, nowMs: EpochMs): BudgetPlaces | null {
    return this.#budget.places({
      rates: this.#rateAt(nowMs),
      guardrails,
      place,
      releasedAtMs: this.breaker.releasedAtMs,
      troubleMs: this.latest.troubleMs,
      // Whoever asks again finds out on the way whether it is over.
      troubleLastedMs: this.askers.askAgainAt(nowMs) ? 0 : this.trouble.lastedMs(nowMs),
      pacePerSecond: this.paceAt(nowMs, place),
      isOverrun: this.#overrun.isAt(this.latest, nowMs),
    });
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
    this.#overrun.look(this, nowMs);
    const evidence = this.evidence(nowMs);
    const wasOpen = this.breaker.state !== 'closed';
    const next = nextBreaker(this.breaker, evidence, nowMs);
    if (next !== this.breaker) this.adoptBreaker(next);
    if (wasOpen || this.breaker.state !== 'closed' || isTrouble(evidence.recent)) {
      this.latest.troubleMs = Math.max(this.latest.troubleMs, nowMs);
      this.trouble.note(nowMs, this.breaker, () => failingSinceMs(this, nowMs));
    }
    return this.breaker;
  }

  /** What its next caller would find, without bringing it about. */
  foresee(nowMs: EpochMs): { readonly breaker: BreakerRecord; readonly probesLeft: number } {
    const breaker = nextBreaker(this.breaker, this.evidence(nowMs), nowMs);
    return { breaker, probesLeft: breaker === this.breaker ? this.probes.left : this.#probesOf(breaker) };
  }

  adoptBreaker(breaker: BreakerRecord): void {
    this.#overrun.note(breaker, this);
    if (breaker.version !== this.breaker.version) {
      this.#rate = null;
      this.waiting = 0;
      this.probes.left = this.#probesOf(breaker);
    }
    this.breaker = breaker;
  }

  /** Lets a job through that is to find out whether it is back. */
  sendProbe(job: ProbingJob, dueMs: EpochMs, place: FleetPlace): void {
    this.probes.send(job, { breaker: this.breaker, dueMs }, place);
  }

  #probesOf(breaker: BreakerRecord): number {
    return this.#terms.isSharing ? 0 : probesOf(breaker);
  }

  /** What this process has to tell of it, and what all may forget at a time. */
  news(dependency: string, forgetAtMs: EpochMs): FleetNews {
    const mostProbes = probesOf(this.breaker);
    return {
      dependency,
      added: {
        calls: this.calls.sums.unshared(),
        bookings: this.bookings.unshared(),
        since: this.since.sums.unshared(),
        demand: this.tenants.demand.unshared(),
        shares: this.tenants.bookings.unshared(),
      },
      forgetBelow: {
        calls: firstKeyOf(slotOf(forgetAtMs) - KEEP_SLOTS),
        bookings: Math.floor(forgetAtMs / 1_000) - KEEP_BOOKINGS_SECONDS,
        since: this.since.firstKey(this.breaker),
        ...this.tenants.forgetBelow(forgetAtMs),
      },
      latest: { ...this.latest },
      breaker: this.breaker,
      wantedProbes: this.probes.left === 0 ? Math.min(mostProbes, this.waiting) : 0,
      mostProbes,
    };
  }

  /** Takes what all know by now, `told` by this process included. */
  adopt({ sums, latest, breaker, probes, isNew }: FleetShare, told: FleetNews): void {
    this.calls.sums.adopt(sums.calls, told.added.calls, isNew);
    this.bookings.adopt(sums.bookings, told.added.bookings, isNew);
    this.since.sums.adopt(sums.since, told.added.since, isNew);
    this.tenants.demand.adopt(sums.demand, told.added.demand, isNew);
    this.tenants.bookings.adopt(sums.shares, told.added.shares, isNew);
    for (const kind of Object.keys(this.latest) as (keyof LatestNews)[]) {
      this.latest[kind] = Math.max(this.latest[kind], latest[kind] ?? 0);
    }
    this.#rate = null;
    const isNewer = breaker.version > this.breaker.version;
    const isOthers = breaker.version === told.breaker.version && told.breaker.version === this.breaker.version;
    if (isNewer || isOthers) this.adoptBreaker(breaker);
    if (this.breaker.version === told.breaker.version) this.probes.left += probes;
  }

  evidence(nowMs: EpochMs): BreakerEvidence {
    const { calls, since, breaker, latest, askers, probes } = this;
    const { objective } = this.#terms;
    const known = { calls, since, breaker, latest, askers, probes, run: this.#run, objective };
    return breakerEvidence({ ...this.#rateAt(nowMs), ...known }, nowMs);
  }

  /** What is too old to matter; once in five seconds. */
  forgetOld(nowMs: EpochMs): void {
    if (slotOf(nowMs) === this.#forgotInSlot) return;
    this.#forgotInSlot = slotOf(nowMs);
    this.calls.forgetBefore(slotOf(nowMs) - KEEP_SLOTS);
    this.bookings.forgetBefore(Math.floor(nowMs / 1_000) - KEEP_BOOKINGS_SECONDS);
    this.since.sums.forgetBefore(this.since.firstKey(this.breaker));
  }

  #rateAt(nowMs: EpochMs) {
    const slot = slotOf(nowMs);
    if (this.#rate?.slot !== slot) {
      this.forgetOld(nowMs);
      const { calls, latest, breaker } = this;
      const isThrottling = this.throttle.isAt(nowMs);
      this.#rate = { slot, ...callRates({ calls, latest, breaker, isThrottling, seenRate: this.#seen }, nowMs) };
    }
    return this.#rate;
  }

  #count(call: CountedCall, atMs: EpochMs): void {
    this.calls.add(call, slotOf(atMs));
  }
}
