import { createRng, DELAY_BUCKETS } from '@smart-retry/domain';
import { retryAfter, STOP, type Choice, type Decider, type Failure } from '../../decider.js';
import { logUniform } from '../../random.js';
import { SIMULATION_EPOCH_MS, simulate } from '../../simulate.js';
import type { FailedJobTrace } from '../../trace.js';
import type { World } from '../../world.js';
import { ACTION_COUNT, STOP_ACTION, type Action } from '../action.js';
import type { LoggedAttempt } from '../logged-attempt.js';

/** A decider of known probabilities: the same failure of the same job always gets the same draw. */
export interface Logger {
  readonly seed: number;
  /** Executions allowed, the first included. */
  readonly maxAttempts: number;
  /** Probability of each action after a failure. */
  actions(failure: Failure): readonly number[];
}

const LONGEST_WAIT_MS = 1_800_000;
const SHARE_OF_EACH = Array.from({ length: ACTION_COUNT }, () => 1 / ACTION_COUNT);

/** All actions equally likely. */
export function uniformLogger(seed: number, maxAttempts = 4): Logger {
  return { seed, maxAttempts, actions: () => SHARE_OF_EACH };
}

interface Taken {
  readonly failure: Failure;
  readonly choice: Choice;
  readonly probability: number;
}

/** What was decided in a world, by job, and what came of it. */
export interface Played {
  readonly jobs: readonly { readonly trace: FailedJobTrace; readonly taken: readonly Taken[] }[];
}

/** Plays the logger; where `deviate` answers an action, that one is taken. */
export async function play(
  world: World,
  logger: Logger,
  deviate: (failure: Failure) => Action | null = () => null,
): Promise<Played> {
  const takenByJob = new Map<string, Taken[]>();
  const decider: Decider = {
    name: 'logger',
    decide(failure) {
      const drawn = drawAction(logger, failure);
      const action = deviate(failure) ?? drawn.action;
      const choice = choiceOf(action, logger, failure);
      const taken = takenByJob.get(failure.jobId) ?? [];
      takenByJob.set(failure.jobId, [...taken, { failure, choice, probability: drawn.probability }]);
      return choice;
    },
  };
  const { failedJobs } = await simulate(world, decider);
  return { jobs: failedJobs.map((trace) => ({ trace, taken: takenByJob.get(trace.job.id) ?? [] })) };
}

/** The lines that a faithful worker would have written, with the propensities that the logger had. */
export function toLog({ jobs }: Played): LoggedAttempt[] {
  return jobs.flatMap(({ trace, taken }) =>
    trace.retries.reduce<LoggedAttempt[]>(
      (lines, _retry, i) => [...lines, lineOf(trace, taken, i + 1)],
      [lineOf(trace, taken, 0)],
    ),
  );
}

function lineOf(trace: FailedJobTrace, taken: readonly Taken[], place: number): LoggedAttempt {
  const retry = trace.retries[place - 1];
  const before = taken[place - 1];
  const after = taken[place];
  const endedAtMs = retry?.endedAtMs ?? trace.firstFailedAtMs;
  return {
    jobId: trace.job.id,
    jobType: trace.job.jobType,
    attemptNumber: place + 1,
    success: retry?.succeeded ?? false,
    timestampMs: SIMULATION_EPOCH_MS + endedAtMs,
    ...(after !== undefined && { errorClass: after.failure.errorClass, errorCode: after.failure.errorCode ?? '' }),
    ...(retry !== undefined && { processingTimeMs: retry.endedAtMs - retry.atMs }),
    ...(before?.choice.action === 'retry' && { delayMs: before.choice.delayMs, propensity: before.probability }),
    ...(after?.choice.action === 'stop' && { stopPropensity: after.probability }),
  };
}

function drawAction(logger: Logger, failure: Failure): { readonly action: Action; readonly probability: number } {
  if (failure.attemptNumber >= logger.maxAttempts) return { action: STOP_ACTION, probability: 1 };
  const shares = logger.actions(failure);
  let left = drawsOf(logger, failure, 1)();
  const action = shares.findIndex((share) => (left -= share) < 0);
  return action === -1
    ? { action: STOP_ACTION, probability: shares[STOP_ACTION] ?? 1 }
    : { action, probability: shares[action] ?? 1 };
}

/** Within a bucket every wait is drawn alike, whoever chose the bucket. */
function choiceOf(action: Action, logger: Logger, failure: Failure): Choice {
  const bucket = DELAY_BUCKETS[action];
  if (bucket === undefined) return STOP;
  const draw = drawsOf(logger, failure, 2);
  return retryAfter(Math.floor(logUniform(draw, Math.max(10, bucket.fromMs), Math.min(LONGEST_WAIT_MS, bucket.toMs))));
}

function drawsOf({ seed }: Logger, { jobId, attemptNumber }: Failure, purpose: number) {
  const jobNumber = Number(/(?<!\d)\d+$/.exec(jobId)?.[0] ?? 0);
  return createRng([seed, purpose, jobNumber, attemptNumber]);
}
