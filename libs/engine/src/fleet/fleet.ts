import { LRUCache } from 'lru-cache';
import {
  dependencyOf,
  type AttemptCounts,
  type AttemptRecord,
  type BreakerOverride,
  type EpochMs,
  type GuardrailSettings,
  type Objective,
  type RetryFeatures,
} from '@smart-retry/domain';
import { unitsOfRetry, type Admission } from '@smart-retry/guardrails';
import { jobAttemptKey } from '../job-attempt-key.js';
import { longestHintMs } from '../server-hint.js';
import { bookPlace } from './book-place.js';
import type { BudgetPlaces, FleetPlace } from './budget-places.js';
import { slotOf } from './call-tally.js';
import { Dependency } from './dependency.js';
import { FailureKinds } from './failure-kinds.js';
import type { FleetGate } from './fleet-gate.js';
import type { FleetTerms } from './fleet-terms.js';
import { canPromise, gateFor, type Meeting } from './gate-for.js';
import { hintLeftMs, noteHint } from './latest-news.js';
import { notePaced, noteThrottled } from './note-throttling.js';
import { TenantLimits, type LimitedRetry } from './tenant-limits.js';
import { Turns, type BookedTurn } from './turns.js';
import { WhoReports } from './who-reports.js';
import type { WindowPlaces } from './window-places.js';
import { Workers } from './workers.js';

export interface FleetOptions {
  readonly guardrails: () => GuardrailSettings;
  readonly objective: () => Objective;
  readonly maxDependencies: number;
  readonly maxTurns: number;
}

/** What was decided about a failed job, as far as others are concerned. */
export interface FleetOutcome {
  readonly isRetry: boolean;
  readonly admission: Admission | null;
}

/** About 500 B each. */
const MAX_LIMITS = 10_000;
const NO_LIMITS: readonly WindowPlaces[] = [];
const RETURNED = { hasWaited: true, bookedSecond: null, units: 0, spent: [], asksAtMs: null, failedAtMs: null };

/**
 * What all callers of a dependency share, as this process knows it: breaker, retry budget, the server's hints, and the
 * places that were given away. Looking is immediate; other processes' part of it comes with the exchange.
 */
export class Fleet {
  readonly #options: FleetOptions;
  readonly #dependencies: LRUCache<string, Dependency>;
  readonly #kinds = new FailureKinds();
  readonly #workers = new Workers();
  readonly turns: Turns;
  readonly whoReports = new WhoReports();
  readonly limits = new TenantLimits({ maxLimits: MAX_LIMITS });
  /** What was found for the job that was met last, which is the next to be settled. */
  #met: Meeting | null = null;
  /** As of the last exchange; alone without one. */
  place: FleetPlace = { replicas: 1, rank: 0 };
  readonly terms: FleetTerms & { isSharing: boolean };

  constructor(options: FleetOptions) {
    this.#options = options;
    this.#dependencies = new LRUCache({ max: options.maxDependencies });
    this.turns = new Turns(options);
    this.terms = { isSharing: false, objective: options.objective };
  }

  /** What it has to say of a failed job; notes the failure. */
  meet(features: RetryFeatures, nowMs: EpochMs): FleetGate {
    const name = dependencyOf(features);
    const dependency = this.dependency(name);
    const kind = this.#kinds.of(features.errorClass, features.errorCode);
    const turn = this.#turnOf(features, dependency, nowMs);
    const units = unitsOfRetry(kind, nowMs - (turn?.failedAtMs ?? nowMs));
    if (turn?.asksAtMs != null) {
      dependency.askers.noteAgain();
      this.#workers.noteAgain(features);
    }
    if (turn === null) {
      dependency.noteAsk(features.attemptNumber, kind, nowMs, nowMs);
      dependency.probes.noteAsk(features, kind, nowMs);
      dependency.tenants.noteAsk(features.tenant, units, nowMs);
    }
    if (kind === 'throttled')
      noteThrottled(dependency, { isFirstTry: features.attemptNumber === 1 && turn === null }, nowMs);
    // Who names no dependency may have a limit of its own: the job type is but a guess at what is shared.
    const sharedHintMs = features.dependency === undefined ? 0 : hintLeftMs(dependency.latest, nowMs);
    this.#noteHint(dependency, features, nowMs);
    const breaker = dependency.breakerAt(nowMs);
    const budget = this.budgetOf(dependency, nowMs);
    const sharesBudget = budget !== null && this.#options.guardrails().perTenantLimits;
    const shared = sharesBudget ? { budget: budget.budget, name, place: this.place } : null;
    const fair = shared && dependency.tenants.viewFor({ tenant: features.tenant, units }, shared, nowMs);
    const limited = { features, dependency: name, budget: budget?.budget ?? null, units, place: this.place };
    const limits = this.#limitsOf(limited, fair, nowMs);
    const asksAgain = () => this.#workers.askAgain(features, nowMs);
    this.#met = { features, name, dependency, limits, units, turn, asksAgain };
    const probesLeft = dependency.probes.left;
    const held = { override: this.overrideOf(name), place: this.place };
    return gateFor(this.#met, { kind, breaker, probesLeft, budget, sharedHintMs, ...held }, nowMs);
  }

  /** What it would have to say now of a failed job, as far as that is not up to limits of tenants; notes nothing, and moves nothing. */
  look(features: RetryFeatures, nowMs: EpochMs): FleetGate {
    const name = dependencyOf(features);
    const dependency = this.peek(name) ?? new Dependency(this.terms);
    const kind = this.#kinds.of(features.errorClass, features.errorCode);
    const turn = this.turns.peek(features);
    const met: Meeting = {
      features,
      name,
      dependency,
      limits: NO_LIMITS,
      units: unitsOfRetry(kind, nowMs - (turn?.failedAtMs ?? nowMs)),
      turn,
      asksAgain: () => this.#workers.askAgain(features, nowMs),
    };
    const circumstances = {
      kind,
      ...dependency.foresee(nowMs),
      override: this.overrideOf(name),
      budget: this.budgetOf(dependency, nowMs),
      sharedHintMs: features.dependency === undefined ? 0 : hintLeftMs(dependency.latest, nowMs),
      place: this.place,
    };
    return gateFor(met, circumstances, nowMs);
  }

  /** Books what a decision has given away, and gives back what it leaves. */
  settle(features: RetryFeatures, { isRetry, admission }: FleetOutcome, nowMs: EpochMs): void {
    if (!isRetry) return this.#giveBack(features, nowMs);
    if (admission === null || admission.kind === 'refused') return;
    const met = this.#met?.features === features ? this.#met : null;
    const name = met?.name ?? dependencyOf(features);
    const dependency = met?.dependency ?? this.dependency(name);
    const { booking, isProbe, kind } = admission;
    if (isProbe) dependency.sendProbe(features, nowMs + admission.delayMs, this.place);
    if (admission.wantsProbe === true) dependency.waiting++;
    const asksAtMs = kind === 'deferred' ? nowMs + (admission.askAgainMs ?? admission.delayMs) : null;
    const before = met === null ? this.turns.find(features) : met.turn;
    if (asksAtMs !== null) {
      dependency.calls.notePutOff(features.attemptNumber, asksAtMs);
      // Whoever asks before it was told to stands in the line already.
      const isNew = (before?.asksAtMs ?? 0) <= nowMs;
      if (isNew && admission.reasons.includes('budget_spent')) dependency.throttle.notePutOff(asksAtMs, nowMs);
      if (booking === 'kept' && before !== null) this.turns.keep(features, { ...before, asksAtMs });
    }
    if (booking === 'kept') return;
    if (before !== null) this.#giveBack(features, nowMs);
    if (booking !== null) bookPlace(dependency, booking, 1);
    if (asksAtMs !== null && met !== null) {
      if (this.#isTold(met)) dependency.calls.add('told', slotOf(nowMs + admission.delayMs), met.units);
      if (!canPromise(met, this.place)) for (const limit of met.limits) limit.notePutOff(asksAtMs);
    }
    const limits = met !== null && booking !== null ? met.limits : NO_LIMITS;
    this.turns.keep(features, {
      dependency: name,
      failedAtMs: before === null ? nowMs : before.failedAtMs,
      hasWaited: kind === 'deferred' || before?.hasWaited === true,
      bookedSecond: booking?.second ?? null,
      units: booking?.units ?? 0,
      spent: limits.map((limit) => limit.spend(booking?.second ?? 0)),
      asksAtMs,
    });
  }

  /** Attempts that have just become durable. */
  noteReports(records: readonly AttemptRecord[], nowMs: EpochMs): void {
    for (const { report, isRetry, link } of records) {
      const name = dependencyOf(report);
      const { jobType, success, timestampMs, processingTimeMs, attemptNumber, status } = report;
      // A retry that does not say why it failed has most likely failed as the job had before.
      const { errorClass, errorCode } = report.errorClass === undefined ? (link ?? report) : report;
      const failedAttempt = link?.failedAttemptNumber ?? attemptNumber - 1;
      const asked = { tenant: report.tenant, jobType, jobId: report.jobId, attemptNumber: failedAttempt };
      const turn = isRetry ? this.turns.drop(asked) : null;
      if (isRetry) this.#dependencies.peek(name)?.probes.noteReport(asked, { success, endedAtMs: timestampMs }, nowMs);
      const kind = success || errorClass === undefined ? null : this.#kinds.of(errorClass, errorCode);
      const isUnused = status === 'cancelled' || kind === 'not_sent';
      if (turn !== null && isUnused) this.#free(turn, nowMs);
      if (status === 'cancelled' || status === 'unknown') continue;
      // Without a class nobody knows whose failure it was.
      if (!success && errorClass === undefined) continue;
      const dependency = this.dependency(name);
      const calledMs = Math.min(timestampMs, nowMs);
      if (!isRetry)
        this.whoReports.noteFirstTries({ jobType, succeeded: Number(success) }, dependency.latest, calledMs);
      const retriedJob = isRetry ? jobAttemptKey({ ...asked, attemptNumber: 0 }) : null;
      dependency.noteReport({ retriedJob, endedAtMs: timestampMs, processingTimeMs }, kind, nowMs);
      // Who is only told of calls, and never asked, is to forget, too.
      dependency.forgetOld(nowMs);
      // Another process may have put the job off since, or let it go: what the report names is later.
      const wasPutOff = link?.recommendationId === undefined ? turn?.asksAtMs != null : link.wasPutOff === true;
      if (wasPutOff && !isUnused) {
        dependency.askers.noteNever(nowMs);
        this.#workers.noteNever(report, nowMs);
      }
      if (turn !== null) notePaced(dependency, kind, calledMs, nowMs);
    }
  }

  /** First tries reported as counts. */
  noteCounts(counts: readonly AttemptCounts[], nowMs: EpochMs): void {
    for (const count of counts) {
      const dependency = this.dependency(dependencyOf(count));
      this.whoReports.noteFirstTries(count, dependency.latest, Math.min(count.windowEndMs, nowMs));
      dependency.noteFirstTries(count, count.windowStartMs, count.windowEndMs, nowMs);
      dependency.forgetOld(nowMs);
    }
  }

  /** The dependencies heard of, the latest first. */
  entries(): IterableIterator<[string, Dependency]> {
    return this.#dependencies.entries();
  }

  /** A look, which does not make it one heard of; null where nothing has been. */
  peek(name: string): Dependency | null {
    return this.#dependencies.peek(name) ?? null;
  }

  dependency(name: string): Dependency {
    let dependency = this.#dependencies.get(name);
    if (dependency === undefined) {
      dependency = new Dependency(this.terms);
      this.#dependencies.set(name, dependency);
    }
    return dependency;
  }

  /** As if nothing had been heard of it. */
  forget(name: string): void {
    if (this.#dependencies.delete(name)) this.turns.forget(name);
  }

  get overrides(): readonly BreakerOverride[] {
    return this.#options.guardrails().breakerOverrides;
  }

  overrideOf(name: string): BreakerOverride | null {
    return this.overrides.find(({ dependency }) => dependency === name) ?? null;
  }

  budgetOf(dependency: Dependency, nowMs: EpochMs): BudgetPlaces | null {
    return dependency.budgetPlaces(this.#options.guardrails(), this.place, nowMs);
  }

  /**
   * What a job was promised. Where several processes answer, one that was put off may ask another, to which it is a failure
   * like any: that many as are due to come back are taken for those, so that none is counted as one more failure.
   */
  #turnOf(features: RetryFeatures, { calls }: Dependency, nowMs: EpochMs): BookedTurn | null {
    const turn = this.turns.find(features);
    if (this.place.replicas <= 1 || turn?.hasWaited === false) return turn;
    const { replicas } = this.place;
    const isReturning = calls.takeReturning(features.attemptNumber, nowMs, { replicas, turn });
    return turn ?? (isReturning ? { ...RETURNED, dependency: dependencyOf(features) } : null);
  }

  /** Whether it is to be known what a job was told that is put off: it may come then, whatever is known by then. */
  #isTold(met: Meeting): boolean {
    const { turn, asksAgain } = met;
    // Whoever is known to have come back asks again: his place was told to him before.
    if (canPromise(met, this.place)) return turn?.hasWaited !== true && !asksAgain();
    return turn === null || turn.spent === RETURNED.spent;
  }

  #noteHint(dependency: Dependency, { retryAfterMs, dependency: named }: RetryFeatures, nowMs: EpochMs): void {
    if (named === undefined || retryAfterMs === undefined || retryAfterMs <= 0) return;
    // Of one that is not believed in full, all keep what is.
    noteHint(dependency.latest, Math.min(retryAfterMs, longestHintMs(this.#options.guardrails())), nowMs);
  }

  /** A job that stops leaves its place to others, as long as that lies ahead. */
  #giveBack(features: RetryFeatures, nowMs: EpochMs): void {
    const turn = this.turns.drop(features);
    if (turn !== null) this.#free(turn, nowMs);
  }

  #free(turn: BookedTurn, nowMs: EpochMs): void {
    if (turn.bookedSecond === null || turn.bookedSecond * 1_000 <= nowMs) return;
    bookPlace(this.dependency(turn.dependency), { second: turn.bookedSecond, units: turn.units }, -1);
    for (const { sums, key, units } of turn.spent) sums.add(key, -units);
  }

  /** What the job's tenant, queue and job type may use, together with others of theirs. */
  #limitsOf(retry: LimitedRetry, fair: WindowPlaces | null, nowMs: EpochMs): readonly WindowPlaces[] {
    const { perTenantLimits, tenantLimits } = this.#options.guardrails();
    if (!perTenantLimits) return NO_LIMITS;
    const set = this.limits.viewsFor(tenantLimits, retry, nowMs);
    if (fair === null) return set;
    return set.length === 0 ? [fair] : [...set, fair];
  }
}
