import { DEFAULT_OBJECTIVE } from '@smart-retry/domain';
import type { Decider, Failure } from '../../decider.js';
import type { FailedJobTrace } from '../../trace.js';
import type { World } from '../../world.js';
import { STOP_ACTION, waitAction, type Action } from '../action.js';
import { play, type Logger } from './play-and-log.js';

/**
 * What the estimator claims to know, found by playing: after each failure that the logger meets, the policy decides once
 * and the logger goes on. The mean utility from those failures on; one simulation for each attempt number.
 */
export async function playDeviations(makeWorld: () => World, logger: Logger, policy: Decider): Promise<number> {
  let sum = 0;
  let failures = 0;
  for (let attempt = 1; attempt <= logger.maxAttempts; attempt++) {
    const { jobs } = await play(makeWorld(), logger, (failure) =>
      failure.attemptNumber === attempt ? actionOf(policy, failure) : null,
    );
    for (const { trace, taken } of jobs) {
      if (taken.length < attempt) continue;
      failures++;
      sum += utilityFrom(trace, attempt);
    }
  }
  return sum / failures;
}

function actionOf(policy: Decider, failure: Failure): Action {
  const choice = policy.decide(failure);
  if (choice instanceof Promise) throw new TypeError(`${policy.name} must answer at once`);
  return choice.action === 'stop' ? STOP_ACTION : waitAction(choice.delayMs);
}

/** Discounted to the moment at which the given attempt failed. */
function utilityFrom({ firstFailedAtMs, retries }: FailedJobTrace, failedAttempt: number): number {
  const { valueHalfLifeMs, attemptCost } = DEFAULT_OBJECTIVE;
  const fromMs = retries[failedAttempt - 2]?.endedAtMs ?? firstFailedAtMs;
  const discount = (atMs: number) => 2 ** (-(atMs - fromMs) / valueHalfLifeMs);
  return retries
    .slice(failedAttempt - 1)
    .reduce(
      (utility, { atMs, endedAtMs, succeeded }) =>
        utility - attemptCost * discount(atMs) + (succeeded ? discount(endedAtMs) : 0),
      0,
    );
}
