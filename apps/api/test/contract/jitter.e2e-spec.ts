import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createClient, type Client } from '../support/client.js';
import { startApi, type RunningApi } from '../support/start-api.js';

const DRAWS = 2_000;
const BASE_MS = 10_000;
const CAP_MS = 60_000;

let api: RunningApi;
let client: Client;

beforeAll(async () => {
  api = await startApi();
  client = createClient(api.baseUrl);
  for (const jitterPercent of [0, 25, 100]) {
    await client.post('/policies', {
      name: `jitter_${jitterPercent}`,
      error_patterns: [`jitter_${jitterPercent}`],
      max_attempts: 1_000,
      base_delay_ms: BASE_MS,
      max_delay_ms: CAP_MS,
      jitter_percent: jitterPercent,
      priority: 500,
    });
  }
  await client.put('/guardrails', { max_attempts: 1_000 });
});

afterAll(async () => {
  await api.stop();
});

const drawDelaysMs = async (jitterPercent: number, attemptNumber: number): Promise<readonly number[]> => {
  const job = { job_type: 'j', error_class: `jitter_${jitterPercent}`, attempt_number: attemptNumber };
  const batches = Array.from({ length: DRAWS / 1_000 }, () => ({ features: Array(1_000).fill(job) }));
  const answers = await Promise.all(batches.map((batch) => client.post('/recommendation/batch', batch)));
  return answers.flatMap(({ body }) =>
    (body['recommendations'] as { delay_ms: number }[]).map(({ delay_ms: delayMs }) => delayMs),
  );
};

const largestCrowd = (delaysMs: readonly number[]) => {
  const counts = new Map<number, number>();
  for (const delayMs of delaysMs) counts.set(delayMs, (counts.get(delayMs) ?? 0) + 1);
  return Math.max(...counts.values());
};

describe('jitter', () => {
  it.each([
    ['below the cap', 25, 1, 7_500, 12_500],
    ['just below the cap', 25, 3, 30_000, 50_000],
    ['at the cap', 25, 4, 45_000, 60_000],
    ['far beyond the cap', 25, 900, 45_000, 60_000],
    ['of the whole delay', 100, 1, 0, 20_000],
    ['of the whole delay, at the cap', 100, 55, 0, 60_000],
  ])('%s fills its range evenly, and never leaves it', async (_where, percent, attempt, fromMs, toMs) => {
    const delaysMs = await drawDelaysMs(percent, attempt);
    expect(Math.min(...delaysMs)).toBeGreaterThanOrEqual(fromMs);
    expect(Math.max(...delaysMs)).toBeLessThanOrEqual(toMs);
    // Each tenth of the range gets 200 of 2,000 uniform draws, give or take 6 standard deviations (13.4).
    for (let tenth = 0; tenth < 10; tenth++) {
      const share = delaysMs.filter((ms) => Math.min(9, Math.floor(((ms - fromMs) / (toMs - fromMs)) * 10)) === tenth);
      expect(Math.abs(share.length - DRAWS / 10)).toBeLessThan(81);
    }
  });

  it.each([[1], [4], [900]])('lets nobody align after attempt %p', async (attemptNumber) => {
    // 2,000 uniform draws from 5,001 values: 11 equal ones come once in a million runs.
    expect(largestCrowd(await drawDelaysMs(25, attemptNumber))).toBeLessThanOrEqual(11);
  });

  it('is what keeps them apart: without it all return in one millisecond', async () => {
    expect(largestCrowd(await drawDelaysMs(0, 900))).toBe(DRAWS);
  });
});

describe('backoff', () => {
  it('grows by its multiplier to its cap, for any attempt', async () => {
    const attempts = [1, 2, 3, 4, 5, 55, 64, 999];
    const { body } = await client.post('/recommendation/batch', {
      features: attempts.map((attempt_number) => ({ job_type: 'j', error_class: 'jitter_0', attempt_number })),
    });
    expect((body['recommendations'] as { delay_ms: number }[]).map(({ delay_ms: delayMs }) => delayMs)).toEqual([
      10_000, 20_000, 40_000, 60_000, 60_000, 60_000, 60_000, 60_000,
    ]);
  });
});
