import type { EpochMs, Objective } from '@smart-retry/domain';
import { STOP_ACTION, waitAction } from './action.js';
import type { AttemptLog, KeptAttempt } from './attempt-log.js';
import type { FailureContext, History, LoggedDecision } from './history.js';
import { orderAttempts, stepsOf, type Exclusion, type JobStep } from './job-steps.js';
import { valuesOf } from './value-of-steps.js';

/** Waits longer than all but this share of them are taken for strays that do not decide when a job has been given up. */
const STRAY_WAITS = 0.001;
const JOBS_PER_PAUSE = 256;

type Job = readonly KeptAttempt[];

/**
 * Links each failed attempt of a log with the attempt that followed. A failure so late that its retry may lie beyond the
 * end of the log is left out, whatever came of it: keeping those with a quick retry only would favour short waits.
 * Yields now and then, so that a caller can do something else meanwhile.
 */
export function* readHistory(log: AttemptLog, objective: Objective): Generator<void, History> {
  const jobs: Job[] = [];
  const waitsMs: number[] = [];
  let attempts = 0;
  for (const reported of log.jobs) {
    const job = orderAttempts(reported);
    attempts += job.length;
    jobs.push(job);
    for (const step of stepsOf(job)) if (step.next === 'retry') waitsMs.push(step.waitedMs);
    if (jobs.length % JOBS_PER_PAUSE === 0) yield;
  }
  const [fromMs, toMs] = spanOf(jobs);
  const longestWaitMs = longestOf(waitsMs);
  const isTooLate = ({ failure }: JobStep) =>
    toMs !== null && failure.endedAtMs !== null && failure.endedAtMs + longestWaitMs > toMs;

  const contexts = new Contexts();
  const decisions: LoggedDecision[] = [];
  const excluded: Record<Exclusion, number> = {
    pending: 0,
    missing_attempt: 0,
    unknown_outcome: 0,
    unknown_delay: 0,
    no_error_class: 0,
  };
  const failed = inOrderOfTime(jobs.map(stepsOf).filter((steps) => steps.length > 0));
  for (const [job, steps] of failed.entries()) {
    const values = valuesOf(steps, objective, isTooLate);
    steps.forEach((step, i) => {
      const { failure } = step;
      const logged = values[i];
      const why = isTooLate(step) ? 'pending' : failure.errorClass === null ? 'no_error_class' : null;
      if (why !== null) excluded[why]++;
      else if (logged !== undefined && 'unknown' in logged) excluded[logged.unknown]++;
      else if (logged !== undefined) {
        decisions.push({ context: contexts.indexOf(failure), job, value: logged.value, ...chosenAt(step) });
      }
    });
    if (job % JOBS_PER_PAUSE === 0) yield;
  }
  return {
    contexts: contexts.all,
    decisions,
    jobs: jobs.length,
    failedJobs: failed.length,
    failures: decisions.length + Object.values(excluded).reduce((sum, n) => sum + n, 0),
    duplicates: log.attempts - attempts,
    excluded,
    fromMs,
    toMs,
    longestWaitMs,
  };
}

function chosenAt(step: JobStep): Pick<LoggedDecision, 'action' | 'propensity'> {
  if (step.next !== 'retry') return { action: STOP_ACTION, propensity: step.failure.stopPropensity };
  const { propensity, delayMs } = step.retry;
  // A propensity is that of the advice, and a busy worker may have waited for longer than it was told to.
  return { action: waitAction(propensity === null ? step.waitedMs : (delayMs ?? step.waitedMs)), propensity };
}

function spanOf(jobs: readonly Job[]): [fromMs: EpochMs | null, toMs: EpochMs | null] {
  let fromMs = Number.POSITIVE_INFINITY;
  let toMs = Number.NEGATIVE_INFINITY;
  for (const { endedAtMs } of jobs.flat()) {
    if (endedAtMs === null) continue;
    fromMs = Math.min(fromMs, endedAtMs);
    toMs = Math.max(toMs, endedAtMs);
  }
  return toMs < fromMs ? [null, null] : [fromMs, toMs];
}

function longestOf(waitsMs: number[]): number {
  const sorted = Float64Array.from(waitsMs).sort();
  return sorted[Math.ceil((1 - STRAY_WAITS) * sorted.length) - 1] ?? 0;
}

/** By the time of the first failure; jobs without one keep their place in the log, at the end. */
function inOrderOfTime(jobs: readonly (readonly JobStep[])[]): readonly (readonly JobStep[])[] {
  const startOf = (steps: readonly JobStep[]) => steps[0]?.failure.endedAtMs ?? Number.POSITIVE_INFINITY;
  const keyed = jobs.map((steps) => ({ steps, atMs: startOf(steps) }));
  return keyed.sort((a, b) => (a.atMs === b.atMs ? 0 : a.atMs - b.atMs)).map(({ steps }) => steps);
}

class Contexts {
  readonly all: FailureContext[] = [];
  readonly #indices = new Map<string, number>();

  indexOf({ errorClass, errorCode, attemptNumber }: KeptAttempt): number {
    const context = { errorClass: errorClass ?? '', errorCode, attemptNumber };
    const key = JSON.stringify([attemptNumber, errorClass, errorCode]);
    const known = this.#indices.get(key);
    if (known !== undefined) return known;
    this.#indices.set(key, this.all.length);
    return this.all.push(context) - 1;
  }
}
