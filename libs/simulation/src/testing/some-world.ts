import { FAITHFUL_CLIENT, type Job, type World } from '../world.js';

/** A job that arrives at the given time. */
export function someJob(index: number, arrivesAtMs: number): Job {
  return {
    index,
    id: `job-${index}`,
    jobType: 'email_send',
    dependency: 'mail_api',
    queue: 'default',
    tenant: 'acme',
    payloadBytes: 100,
    arrivesAtMs,
  };
}

/** A world of the given jobs that fails as `changes.attempt` says; by default every call fails with a timeout after 10 ms. */
export function someWorld(jobs: readonly Job[], changes: Partial<World> = {}): World {
  return {
    name: 'some',
    seed: 1,
    split: 'tuning',
    parameters: {},
    jobs,
    arrivalsEndAtMs: jobs.at(-1)?.arrivesAtMs ?? 0,
    recoveriesMs: [],
    client: FAITHFUL_CLIENT,
    attempt: () => ({ success: false, processingMs: 10, errorClass: 'timeout', errorCode: 'ETIMEDOUT' }),
    isPoison: () => false,
    clairvoyantDelayMs: () => 0,
    trueSuccess: () => null,
    ...changes,
  };
}
