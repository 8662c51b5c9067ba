import type { EpochMs } from '@smart-retry/domain';
import type { LoggedAttempt } from './logged-attempt.js';

/** Of an attempt, what the questions asked of a log need. */
export interface KeptAttempt {
  readonly attemptNumber: number;
  readonly success: boolean;
  /** Cancelled, or nobody knows how it ended. */
  readonly isWithoutOutcome: boolean;
  readonly errorClass: string | null;
  readonly errorCode: string | null;
  readonly delayMs: number | null;
  readonly actualDelayMs: number | null;
  readonly processingTimeMs: number | null;
  readonly endedAtMs: EpochMs | null;
  readonly propensity: number | null;
  readonly stopPropensity: number | null;
}

const WITHOUT_OUTCOME: ReadonlySet<string | undefined> = new Set(['cancelled', 'unknown']);

/** The attempts of a log by job, in whatever order they come, without the text that they were read from. */
export class AttemptLog {
  readonly #jobs = new Map<string, KeptAttempt[]>();
  readonly #labels = new Map<string, string>();
  #attempts = 0;

  get attempts(): number {
    return this.#attempts;
  }

  /** One list for each job; duplicates included. */
  get jobs(): readonly (readonly KeptAttempt[])[] {
    return [...this.#jobs.values()];
  }

  add(attempt: LoggedAttempt): void {
    this.#attempts++;
    const tenant = attempt.tenant ?? '';
    // The length keeps the tenant "a" with job "bc" apart from "ab" with "c".
    const key = `${tenant.length} ${tenant}${attempt.jobId}`;
    const kept = this.#keep(attempt);
    const job = this.#jobs.get(key);
    if (job === undefined) this.#jobs.set(key, [kept]);
    else job.push(kept);
  }

  #keep(attempt: LoggedAttempt): KeptAttempt {
    return {
      attemptNumber: attempt.attemptNumber,
      success: attempt.success,
      isWithoutOutcome: WITHOUT_OUTCOME.has(attempt.status),
      errorClass: this.#intern(attempt.errorClass),
      errorCode: this.#intern(attempt.errorCode),
      delayMs: attempt.delayMs ?? null,
      actualDelayMs: attempt.actualDelayMs ?? null,
      processingTimeMs: attempt.processingTimeMs ?? null,
      endedAtMs: attempt.timestampMs ?? null,
      propensity: attempt.propensity ?? null,
      stopPropensity: attempt.stopPropensity ?? null,
    };
  }

  /** One copy of each label: a log of a million lines knows a handful of error classes. */
  #intern(label: string | undefined): string | null {
    if (label === undefined) return null;
    const known = this.#labels.get(label);
    if (known !== undefined) return known;
    this.#labels.set(label, label);
    return label;
  }
}
