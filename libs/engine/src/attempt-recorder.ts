import {
  isWithoutOutcome,
  type AttemptRecord,
  type AttemptReport,
  type AttemptStore,
  type Clock,
  type FailureCandidate,
  type FailureLink,
  type FailureLookup,
} from '@smart-retry/domain';
import { GroupCommit } from './background/group-commit.js';
import type { Configuration } from './configuration.js';
import {
  earliestAdviceMs,
  isPlainFirstTry,
  linkByCandidates,
  linkByRecommendationId,
  mergeCandidates,
  NO_CANDIDATES,
  type FoundLink,
} from './link-outcome.js';
import type { RecentRecommendations } from './recent-recommendations.js';
import type { RecommendationIds } from './recommendation-id.js';
import { isSampled } from './sampling.js';

export interface RecordedAttempt {
  /** `skipped`: data collection is off, or the job is not in the sample. */
  readonly status: 'recorded' | 'skipped';
  /** Whether the same report was there already. */
  readonly duplicate: boolean;
  /** The failure that it followed; null for a first try and where that is not known. */
  readonly link: FailureLink | null;
}

export interface AttemptRecorderOptions {
  readonly configuration: Pick<Configuration, 'current'>;
  readonly attempts: Pick<AttemptStore, 'record' | 'findFailures'>;
  readonly ids: RecommendationIds;
  readonly recent: RecentRecommendations;
  readonly clock: Clock;
  readonly maxBatchAttempts: number;
  readonly maxQueuedAttempts: number;
  readonly onBatch?: (attempts: number) => void;
  /** Told what has just become durable, without what was there already. */
  readonly onRecorded?: (records: readonly AttemptRecord[]) => void;
  /** Told what `onRecorded` threw: the attempts are stored, whatever becomes of what is told of them. */
  readonly onError?: (error: unknown) => void;
}

/** A report that is on its way, with the link if it is known without the store. */
interface PendingAttempt {
  readonly report: AttemptReport;
  readonly link: FoundLink | null | 'unresolved';
  /** As they were when it was sampled: they may change while it waits. */
  readonly sampleRate: number;
  readonly aggregationIntervalMs: number;
}

const SKIPPED: RecordedAttempt = { status: 'skipped', duplicate: false, link: null };

/** Records what became of attempts: links each to the failure it followed, and answers once it is durable. */
export class AttemptRecorder {
  readonly #options: AttemptRecorderOptions;
  readonly #commit: GroupCommit<PendingAttempt, RecordedAttempt>;

  constructor(options: AttemptRecorderOptions) {
    this.#options = options;
    this.#commit = new GroupCommit({
      write: (pending) => this.#write(pending),
      maxBatchItems: options.maxBatchAttempts,
      maxInFlight: 2,
      maxQueuedItems: options.maxQueuedAttempts,
      ...(options.onBatch && { onBatch: options.onBatch }),
    });
  }

  /**
   * Answers in order, once all are stored; on an error none is.
   * @throws {STORE_UNAVAILABLE} @throws {OVERLOADED}
   */
  async record(reports: readonly AttemptReport[]): Promise<readonly RecordedAttempt[]> {
    const { enabled, sampleRate, aggregationIntervalMs } =
      this.#options.configuration.current().strategy.dataCollection;
    const kept = reports.map((report) => enabled && isSampled(report.jobId, sampleRate));
    const pending = reports
      .filter((_, i) => kept[i])
      .map((report) => ({ report, link: this.#linkAtOnce(report), sampleRate, aggregationIntervalMs }));
    const recorded = (await this.#commit.submit(pending)).values();
    return kept.map((isKept) => (isKept ? (recorded.next().value ?? SKIPPED) : SKIPPED));
  }

  /** Resolves once everything recorded so far is stored or refused. */
  drain(): Promise<void> {
    return this.#commit.drain();
  }

  #linkAtOnce(report: AttemptReport): PendingAttempt['link'] {
    const { ids, recent } = this.#options;
    if (isWithoutOutcome(report)) return null;
    const id = report.recommendationId === undefined ? null : ids.decode(report.recommendationId);
    const linked = linkByRecommendationId(report, id);
    if (linked !== null && (report.dependency ?? linked.dependency) !== undefined) return linked;
    if (linked === null && isPlainFirstTry(report)) return null;
    const candidates = recent.find(this.#lookupFor(report));
    if (linked !== null) {
      // Not every name fits into the id.
      const asked = candidates?.recommendedForJob.find((known) => known.attemptNumber === linked.failedAttemptNumber);
      return { ...linked, dependency: asked?.dependency };
    }
    recent.count(candidates);
    const known = candidates === null ? null : linkByCandidates(report, candidates);
    // Another process may have advised the same delay for another failure, and what was waited in spite of a stop may be
    // on record: only the store can tell.
    return known?.source === 'job' && known.delayMs !== undefined ? known : 'unresolved';
  }

  async #write(pending: readonly PendingAttempt[]): Promise<readonly RecordedAttempt[]> {
    const { attempts, clock } = this.#options;
    const links = await this.#resolveLinks(pending);
    const records = pending.map(({ report, sampleRate, aggregationIntervalMs }, i): AttemptRecord => {
      const link = links[i] ?? null;
      return {
        // Who has named it when he asked need not name it again.
        report: report.dependency === undefined ? { ...report, dependency: link?.dependency } : report,
        ...(link !== null && { link: this.#followed(link) }),
        isRetry: !isWithoutOutcome(report) && (link !== null || !isPlainFirstTry(report)),
        sampleRate,
        recordedAtMs: clock(),
        aggregationIntervalMs,
      };
    });
    const results = await attempts.record(records);
    this.#announce(records.filter((_, i) => results[i]?.duplicate === false));
    return results.map(({ duplicate }, i) => ({ status: 'recorded', duplicate, link: records[i]?.link ?? null }));
  }

  /** The link as it is kept: its dependency is the report's. */
  #followed({ dependency: _, ...link }: FoundLink): FailureLink {
    const { source, recommendationId } = link;
    if (source === 'recommendation' || recommendationId === undefined) return link;
    return this.#options.ids.decode(recommendationId)?.decision === 'defer' ? { ...link, wasPutOff: true } : link;
  }

  #announce(fresh: readonly AttemptRecord[]): void {
    const { onRecorded, onError } = this.#options;
    if (fresh.length === 0) return;
    try {
      onRecorded?.(fresh);
    } catch (error) {
      onError?.(error);
    }
  }

  async #resolveLinks(pending: readonly PendingAttempt[]): Promise<readonly (FoundLink | null)[]> {
    const { attempts, recent } = this.#options;
    const lookups = pending.filter(({ link }) => link === 'unresolved').map(({ report }) => this.#lookupFor(report));
    const found = (lookups.length === 0 ? [] : await attempts.findFailures(lookups)).values();
    const together = lookups.length === 0 ? new Map<string, TypedFailure>() : failuresAmong(pending);
    return pending.map(({ report, link }) => {
      if (link !== 'unresolved') return link;
      const stored = found.next().value ?? NO_CANDIDATES;
      const remembered = recent.find(this.#lookupFor(report)) ?? NO_CANDIDATES;
      // A retry and the failure before it may be recorded together: the store does not know that failure yet.
      const before = together.get(attemptKey(report, report.attemptNumber - 1));
      const known = { ...NO_CANDIDATES, recordedForJob: before === undefined ? [] : [ofType(report.jobType, before)] };
      return linkByCandidates(report, mergeCandidates(mergeCandidates(remembered, stored), known));
    });
  }

  #lookupFor(report: AttemptReport): FailureLookup {
    const delayMs = report.delayMs;
    return {
      tenant: report.tenant ?? '',
      jobType: report.jobType,
      jobId: report.jobId,
      attemptNumber: report.attemptNumber,
      ...(delayMs !== undefined && { delayMs }),
      sinceMs: earliestAdviceMs(report),
    };
  }
}

type TypedFailure = FailureCandidate & Pick<AttemptReport, 'jobType'>;

/** The failures among attempts that are recorded together, told apart as `FailureCandidates.recordedForJob` are. */
function failuresAmong(pending: readonly PendingAttempt[]): ReadonlyMap<string, TypedFailure> {
  const failures = new Map<string, TypedFailure>();
  for (const { report } of pending) {
    const { jobType, errorClass, errorCode, dependency, attemptNumber, timestampMs: atMs, isTimedByReceipt } = report;
    if (report.success || errorClass === undefined || isWithoutOutcome(report)) continue;
    const failure = { jobType, errorClass, errorCode, dependency, attemptNumber, atMs, isTimedByReceipt };
    failures.set(attemptKey(report, attemptNumber), failure);
  }
  return failures;
}

/** A job of another type under the same id may have called something else. */
function ofType(jobType: string, failure: TypedFailure): FailureCandidate {
  return failure.jobType === jobType ? failure : { ...failure, dependency: undefined };
}

/** Lengths before texts: labels that contain separators stay apart. */
function attemptKey({ tenant = '', jobId }: AttemptReport, attemptNumber: number): string {
  return `${attemptNumber}:${tenant.length}:${tenant}${jobId}`;
}
