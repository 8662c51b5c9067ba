import type { Decider, Failure } from '../decider.js';
import { ACTION_COUNT, STOP_ACTION, waitAction } from './action.js';
import type { FailureContext } from './history.js';

const MAX_DRAWS = 500;
const DRAWS_PER_PAUSE = 50;

/**
 * The probability with which a policy takes each action after a failure, from seeded draws: 16 for each time that the
 * failure is in the log, at least 32 and at most 500. Yields now and then.
 */
export function* chooseActions(
  policy: Decider,
  context: FailureContext,
  occurrences: number,
): Generator<void, Float64Array> {
  const draws = Math.min(MAX_DRAWS, Math.max(32, 16 * occurrences));
  const shares = new Float64Array(ACTION_COUNT);
  const failure = failureOf(context);
  for (let i = 0; i < draws; i++) {
    if (i % DRAWS_PER_PAUSE === 0) yield;
    const action = actionOf(policy, failure);
    shares[action] = (shares[action] ?? 0) + 1 / draws;
  }
  return shares;
}

function actionOf(policy: Decider, failure: Failure): number {
  const choice = policy.decide(failure);
  if (choice instanceof Promise) throw new TypeError(`${policy.name} must answer at once`);
  return choice.action === 'stop' ? STOP_ACTION : waitAction(choice.delayMs);
}

/** Time and job play no part in what a memoryless policy answers. */
function failureOf({ errorClass, errorCode, attemptNumber }: FailureContext): Failure {
  return {
    jobId: 'any',
    jobType: 'any',
    dependency: 'any',
    errorClass,
    ...(errorCode !== null && { errorCode }),
    attemptNumber,
    failedAtMs: 0,
    firstFailedAtMs: 0,
  };
}
