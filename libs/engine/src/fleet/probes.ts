import type { BreakerRecord, EpochMs, FailureKind } from '@smart-retry/domain';
import { probesSince } from '@smart-retry/guardrails';
import { hasJobId, jobAttemptKey, type JobAttempt } from '../job-attempt-key.js';
import type { FleetPlace } from './budget-places.js';
import { isRetryEvidence } from './reported-calls.js';

/** The slowest of so many says how long one may take: the next is slower once in 21 times. */
const WATCHED = 20;
/** Where fewer of them were reported late or never, a success that is not reported is unlikely: a silent job may be lost as well. */
const MISSING_SHARE = 0.25;
/** A report is late that comes after so many times as long as the probe took. */
const LATE_FACTOR = 2;

interface EndedProbe {
  /** From when it was to go until it came through, or was known to have failed. */
  readonly tookMs: number;
  isReported: boolean;
}

interface Probe {
  /** Of the breaker, when the first of those went out that were out with it. */
  readonly version: number;
  readonly dueMs: EpochMs;
  /** Its job has asked what to do about its failure, which nobody has reported yet; null: nothing is known. */
  failed: EndedProbe | null;
}

const NONE = { failed: 0, succeeded: 0 };

/** With the attempt that has failed. */
export type ProbingJob = Omit<JobAttempt, 'jobId'> & { readonly jobId?: string | undefined };

/**
 * Retries that find out whether a dependency is back, until they are reported. Reports may be late or lost; but a job whose probe
 * fails asks what to do next. So whose job asks has failed; and whose does not, for longer than any of the last twenty took, has
 * come through where reports are seen to be late or lost. Known to this process only: a job that may ask another one would seem to
 * be silent.
 */
export class Probes {
  /** Those that this process may give. */
  left = 0;
  readonly #out = new Map<string, Probe>();
  readonly #ended: EndedProbe[] = [];

  send(
    job: ProbingJob,
    { breaker, dueMs }: { readonly breaker: BreakerRecord; readonly dueMs: EpochMs },
    { replicas }: FleetPlace,
  ): void {
    this.left--;
    if (replicas > 1 || !hasJobId(job)) return;
    this.#out.set(jobAttemptKey(job), { version: probesSince(breaker).version, dueMs, failed: null });
    for (const key of this.#out.keys()) if (this.#out.size > WATCHED) this.#out.delete(key);
  }

  /** The failure that it asks about may be that of a probe, which was sent after the attempt before. */
  noteAsk(job: ProbingJob, kind: FailureKind, nowMs: EpochMs): void {
    if (this.#out.size === 0 || job.attemptNumber === 1 || !hasJobId(job)) return;
    const key = jobAttemptKey({ ...job, attemptNumber: job.attemptNumber - 1 });
    const probe = this.#out.get(key);
    if (probe === undefined || probe.failed !== null) return;
    if (isRetryEvidence(kind)) probe.failed = this.#noteEnd(probe, nowMs);
    else this.#out.delete(key);
  }

  /** What is reported of it is counted elsewhere. */
  noteReport(
    job: ProbingJob,
    { success, endedAtMs }: { readonly success: boolean; readonly endedAtMs: EpochMs },
    nowMs: EpochMs,
  ): void {
    if (this.#out.size === 0 || !hasJobId(job)) return;
    const key = jobAttemptKey(job);
    const probe = this.#out.get(key);
    if (probe === undefined) return;
    this.#out.delete(key);
    // That it failed is known now, and not since it did: workers may report late, and give up without a question.
    const ended = probe.failed ?? this.#noteEnd(probe, success ? Math.min(endedAtMs, nowMs) : nowMs);
    ended.isReported = nowMs - probe.dueMs <= LATE_FACTOR * ended.tookMs;
  }

  /** What came of those that are not reported, from the first of those that are out on. */
  unreported(breaker: BreakerRecord, nowMs: EpochMs): { readonly failed: number; readonly succeeded: number } {
    if (this.#out.size === 0) return NONE;
    const patienceMs = this.#patienceMs();
    let [failed, succeeded] = [0, 0];
    const { version } = probesSince(breaker);
    for (const { version: sentIn, dueMs, failed: ended } of this.#out.values()) {
      if (sentIn !== version) continue;
      if (ended !== null) failed++;
      else if (nowMs - dueMs > patienceMs) succeeded++;
    }
    return { failed, succeeded };
  }

  /** Infinite where silence is no news. */
  #patienceMs(): number {
    const missing = this.#ended.filter(({ isReported }) => !isReported).length;
    const speaks = this.#ended.length === WATCHED && missing >= MISSING_SHARE * WATCHED;
    return speaks ? Math.max(...this.#ended.map(({ tookMs }) => tookMs)) : Number.POSITIVE_INFINITY;
  }

  #noteEnd({ dueMs }: Probe, endedAtMs: EpochMs): EndedProbe {
    const ended = { tookMs: Math.max(0, endedAtMs - dueMs), isReported: false };
    this.#ended.push(ended);
    if (this.#ended.length > WATCHED) this.#ended.shift();
    return ended;
  }
}
