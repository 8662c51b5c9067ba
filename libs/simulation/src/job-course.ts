import type { EpochMs } from '@smart-retry/domain';
import type { Choice, Failure, ShownEstimate, Treatment } from './decider.js';
import type { FailedJobTrace, RetryTrace } from './trace.js';
import type { Job, Outcome } from './world.js';

type FailedOutcome = Extract<Outcome, { success: false }>;

interface RetryEnd {
  readonly outcome: Outcome;
  readonly decidedAtMs: number;
  readonly atMs: number;
  readonly endedAtMs: number;
  readonly shown: ShownEstimate | undefined;
}

/** Where a failed job stands, and how it got there. */
export class JobCourse {
  readonly job: Job;
  readonly firstFailedAtMs: number;
  #incidentAgeMs: number | undefined;
  #treatment: Treatment | undefined;
  /** The attempt that failed last. */
  attemptNumber = 1;
  failedAtMs: number;
  #last: FailedOutcome;
  readonly #retries: RetryTrace[] = [];
  #end: FailedJobTrace['end'] = 'expired';

  constructor(job: Job, failedAtMs: number, outcome: FailedOutcome) {
    this.job = job;
    this.firstFailedAtMs = failedAtMs;
    this.failedAtMs = failedAtMs;
    this.#last = outcome;
  }

  /** Notes how old the incident was; the first word counts. */
  noteIncident(ageMs: number): void {
    this.#incidentAgeMs ??= ageMs;
  }

  /** Notes what came of the question; the first answer counts. */
  noteAnswer(choice: Choice): void {
    this.#treatment ??= choice.action === 'stop' ? 'as_planned' : (choice.treatment ?? 'as_planned');
  }

  /** What a decider is told at `nowMs`. */
  failure(epochMs: EpochMs, nowMs: number): Failure {
    const { job } = this;
    const { errorClass, errorCode, retryAfterMs } = this.#last;
    // Asked again after a defer, part of the server's wait is over.
    const remainingHintMs = retryAfterMs === undefined ? 0 : Math.round(retryAfterMs - (nowMs - this.failedAtMs));
    const failedAtMs = Math.round(epochMs + nowMs);
    return {
      jobId: job.id,
      jobType: job.jobType,
      dependency: job.dependency,
      queue: job.queue,
      tenant: job.tenant,
      payloadSize: job.payloadBytes,
      errorClass,
      errorCode,
      attemptNumber: this.attemptNumber,
      timeOfDay: new Date(failedAtMs).getUTCHours(),
      failedAtMs,
      firstFailedAtMs: Math.round(epochMs + this.firstFailedAtMs),
      ...(remainingHintMs > 0 && { retryAfterMs: remainingHintMs }),
    };
  }

  record({ outcome, shown, ...end }: RetryEnd): void {
    this.#retries.push({ ...end, succeeded: outcome.success, ...(shown !== undefined && { shown }) });
    if (outcome.success) return this.finish('succeeded');
    this.attemptNumber++;
    this.failedAtMs = end.endedAtMs;
    this.#last = outcome;
  }

  finish(end: FailedJobTrace['end']): void {
    this.#end = end;
  }

  trace({ isPoison }: Pick<FailedJobTrace, 'isPoison'>): FailedJobTrace {
    return {
      job: this.job,
      firstFailedAtMs: this.firstFailedAtMs,
      incidentAgeMs: this.#incidentAgeMs ?? 0,
      treatment: this.#treatment ?? 'as_planned',
      retries: this.#retries,
      end: this.#end,
      isPoison,
    };
  }
}
