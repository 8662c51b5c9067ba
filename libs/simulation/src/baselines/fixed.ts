import { retryAfter, STOP, type Decider } from '../decider.js';

export interface FixedDelays {
  readonly name: string;
  readonly retries: number;
  readonly delayMs: number;
}

/** The usual loop around a call. */
export const FIXED: FixedDelays = { name: 'fixed', retries: 3, delayMs: 1_000 };

/**
 * Celery's default: `max_retries` 3, `default_retry_delay` 180 s.
 *
 * @see https://docs.celeryq.dev/en/stable/reference/celery.app.task.html
 */
export const CELERY: FixedDelays = { name: 'celery', retries: 3, delayMs: 180_000 };

/** Waits the same each time. */
export function createFixed({ name, retries, delayMs }: FixedDelays): Decider {
  return { name, decide: ({ attemptNumber }) => (attemptNumber > retries ? STOP : retryAfter(delayMs)) };
}
