import { expect } from '@jest/globals';
import type { Client } from './client.js';

export interface BodyRoute {
  readonly method: 'POST' | 'PUT';
  readonly path: string;
  /** A body that the route accepts. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Whether it changes how jobs are retried; such routes refuse fields that they do not know. */
  readonly isConfiguration: boolean;
}

export const FAILED_JOB = { job_type: 'email_send', error_class: 'timeout', attempt_number: 1 };

/** Every route that takes a body, each with one that it accepts. */
export async function listBodyRoutes(client: Client): Promise<readonly BodyRoute[]> {
  const { body: strategy } = await client.get('/strategy');
  const now = new Date().toISOString();
  const attempt = { job_id: 'any', job_type: 'any', attempt_number: 2, success: true };
  const counts = { job_type: 'any', succeeded: 1, failed: 0, window_start: now, window_end: now };
  // What is known of fewer than ten outcomes cannot be looked at.
  const taught = Array.from({ length: 10 }, (_, i) => ({
    ...attempt,
    job_id: `t${i}`,
    error_class: 'any',
    delay_ms: 5,
  }));
  expect((await client.post('/attempt/batch', { attempts: taught })).status).toBe(200);
  const policy = { name: 'any', error_patterns: ['any'], max_attempts: 2 };
  const post = (path: string, body: BodyRoute['body'], isConfiguration = false): BodyRoute => {
    return { method: 'POST', path, body, isConfiguration };
  };
  const put = (path: string, body: BodyRoute['body']): BodyRoute => {
    return { method: 'PUT', path, body, isConfiguration: true };
  };
  return [
    post('/recommendation', FAILED_JOB),
    post('/recommendation/batch', { features: [FAILED_JOB] }),
    post('/preview', { features: FAILED_JOB, max_attempts: 3 }),
    post('/attempt', attempt),
    post('/attempt/batch', { attempts: [attempt] }),
    post('/attempt/counts', { counts: [counts] }),
    post('/bayesian/update', { job_type: 'any', error_class: 'any' }),
    post('/what-if', { attempts: [attempt], policies: ['none'] }),
    post('/policies/test', { job_type: 'any', error_class: 'any' }),
    post('/policies', policy, true),
    put('/policies/default', { max_attempts: 3, priority: 1 }),
    put('/strategy', strategy),
    put('/guardrails', { max_attempts: 10 }),
  ];
}
