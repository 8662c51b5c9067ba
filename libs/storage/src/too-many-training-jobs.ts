import { MAX_OPEN_TRAINING_JOBS, SmartRetryError } from '@smart-retry/domain';

const RETRY_AFTER_MS = 60_000;

/** Why a training job is not taken. */
export function tooManyTrainingJobs(): SmartRetryError {
  return new SmartRetryError('OVERLOADED', `${MAX_OPEN_TRAINING_JOBS} training jobs are queued or running already`, {
    retryAfterMs: RETRY_AFTER_MS,
  });
}
