import { expect } from '@jest/globals';
import type { Client } from './client.js';

/** One kind of failure. */
export interface Kind {
  readonly job_type: string;
  readonly error_class: string;
}

/** Waiting less than this long is in vain, in every world of these tests. */
export const RECOVERY_MS = 10_000;

let reports = 0;

/** Reports retries of one kind, each of a job of its own, half of them too early and half late enough; answers how many. */
export async function teachRecovery(client: Client, kind: Kind, { retries = 120 } = {}): Promise<number> {
  const attempts = Array.from({ length: retries }, (_, i) => {
    const delay_ms = [2_000, 4_000, 12_000, 25_000][i % 4] ?? 0;
    return { ...kind, job_id: `taught-${reports++}`, attempt_number: 2, success: delay_ms >= RECOVERY_MS, delay_ms };
  });
  const { status, body } = await client.post('/attempt/batch', { attempts });
  expect(status).toBe(200);
  expect(body['results']).toEqual(attempts.map(() => ({ status: 'recorded', duplicate: false })));
  return retries;
}

/** What was answered, as far as these tests look at it. */
export interface Advice {
  readonly decision: string;
  readonly delay_ms: number;
  readonly method: string;
  readonly max_attempts: number;
  readonly confidence: number;
  readonly rationale: string;
  readonly reasons: readonly string[];
  readonly propensity: number;
  readonly estimated_success: number;
  readonly estimated_success_interval: readonly [number, number];
  readonly alternatives: readonly {
    readonly delay_ms: number | null;
    readonly estimated_success: number;
    readonly value: number;
    readonly why_not: string;
  }[];
  readonly recommendation_id: string;
}

/** Asks for many jobs of one kind, which differ in nothing but their draws. */
export async function askOften(client: Client, job: object, times = 100): Promise<readonly Advice[]> {
  const features = Array.from({ length: times }, () => ({ attempt_number: 1, ...job }));
  const { status, body } = await client.post('/recommendation/batch', { features });
  expect(status).toBe(200);
  return body['recommendations'] as readonly Advice[];
}

export const isExplored = ({ reasons }: Advice) => reasons.includes('exploration');

/** Outcomes learned of one kind. */
export async function samplesOf(client: Client, { job_type, error_class }: Kind): Promise<number> {
  const { body } = await client.get(`/bayesian?job_type=${job_type}&error_class=${error_class}`);
  const { samples } = (body['counts'] ?? body) as { readonly samples: number };
  return samples;
}
