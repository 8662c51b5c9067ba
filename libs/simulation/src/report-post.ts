import type { AttemptReport, EpochMs } from '@smart-retry/domain';
import type { Choice, Decider } from './decider.js';
import type { JobCourse } from './job-course.js';
import { coin } from './random.js';
import type { Job, Outcome, World } from './world.js';

interface RetryOutcome {
  readonly outcome: Outcome;
  readonly atMs: number;
  readonly endedAtMs: number;
  readonly waitedMs: number;
  readonly choice: Exclude<Choice, { action: 'stop' }>;
}

export interface ReportPostEvents {
  /** Lets something happen at a virtual time. */
  readonly schedule: (atMs: number, happen: () => void | Promise<void>) => void;
  /** A success is about to be reported. */
  readonly onSuccess: (job: Job, endedAtMs: number) => void;
}

const PURPOSE = { lost: 0x6c6f, duplicated: 0x6475, forgotten: 0x666f, lag: 0x6c61 };

/** Carries a worker's reports to the decider as badly as the world's client does it. */
export class ReportPost {
  readonly #world: World;
  readonly #decider: Decider;
  readonly #events: ReportPostEvents;

  constructor(world: World, decider: Decider, events: ReportPostEvents) {
    this.#world = world;
    this.#decider = decider;
    this.#events = events;
  }

  /** Reports the retry that `course` has just recorded. */
  send(course: JobCourse, retry: RetryOutcome, epochMs: EpochMs): void | Promise<void> {
    const { client, seed } = this.#world;
    if (this.#decider.report === undefined) return undefined;
    const attemptNumber = retry.outcome.success ? course.attemptNumber + 1 : course.attemptNumber;
    const happens = (purpose: number, share: number) =>
      share > 0 && coin(seed, purpose, course.job.index, attemptNumber) < share;
    if (happens(PURPOSE.lost, client.lostReportShare)) return undefined;
    const knowsId = !happens(PURPOSE.forgotten, client.forgottenIdShare);
    const report = writeReport(course, { ...retry, attemptNumber, knowsId }, epochMs);
    const deliver = () => {
      if (retry.outcome.success) this.#events.onSuccess(course.job, retry.endedAtMs);
      return this.#decider.report?.(report);
    };
    const lagMs = client.maxReportLagMs * coin(seed, PURPOSE.lag, course.job.index, attemptNumber);
    if (happens(PURPOSE.duplicated, client.duplicatedReportShare))
      this.#events.schedule(retry.endedAtMs + 2 * lagMs, deliver);
    if (lagMs === 0) return deliver();
    return this.#events.schedule(retry.endedAtMs + lagMs, deliver);
  }
}

function writeReport(
  { job }: JobCourse,
  retry: RetryOutcome & { readonly attemptNumber: number; readonly knowsId: boolean },
  epochMs: EpochMs,
): AttemptReport {
  const { outcome, choice } = retry;
  return {
    jobId: job.id,
    jobType: job.jobType,
    dependency: job.dependency,
    queue: job.queue,
    tenant: job.tenant,
    payloadSize: job.payloadBytes,
    attemptNumber: retry.attemptNumber,
    success: outcome.success,
    status: outcome.success ? 'succeeded' : 'failed',
    ...(!outcome.success && { errorClass: outcome.errorClass, errorCode: outcome.errorCode }),
    delayMs: Math.round(choice.delayMs),
    actualDelayMs: Math.round(retry.waitedMs),
    processingTimeMs: Math.round(outcome.processingMs),
    timestampMs: Math.round(epochMs + retry.endedAtMs),
    ...(retry.knowsId && choice.recommendationId !== undefined && { recommendationId: choice.recommendationId }),
  };
}
