import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AttemptRecord, AttemptStore, TaughtOutcome } from '@smart-retry/domain';
import { someReport, T0 } from '@smart-retry/domain/testing';
import { OutcomeFeed } from '@smart-retry/engine';
import type { PostgresStores } from '@smart-retry/storage/postgres';
import { createTestDatabase, openPatiently, type TestDatabase } from '@smart-retry/storage/testing';

/** An outcome is known by its delay. */
const attempt = (delayMs: number): AttemptRecord => ({
  report: someReport({ jobId: `job-${delayMs}`, timestampMs: T0 - (delayMs % 3) * 86_400_000 }),
  link: { source: 'self', errorClass: 'timeout', failedAttemptNumber: 1, delayMs, incidentAgeMs: delayMs / 3 },
  isRetry: true,
  sampleRate: 1,
  recordedAtMs: T0,
  aggregationIntervalMs: 60_000,
});

const PROCESSES = 3;
const OUTCOMES = 600;

describe('processes that share a database', () => {
  let database: TestDatabase;
  const stores: PostgresStores[] = [];
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await database.drop();
  });

  let word = 0;
  const startProcess = (record?: (store: PostgresStores) => AttemptStore['record']) => {
    const store = openPatiently({ url: database.url });
    stores.push(store);
    let learned: TaughtOutcome[] = [];
    const errors: unknown[] = [];
    const feed = new OutcomeFeed({
      history: store.outcomes,
      attempts: { record: record?.(store) ?? ((...call) => store.attempts.record(...call)) },
      learner: {
        forget: () => {
          learned = [];
        },
        settle: () => undefined,
        learn: (outcomes) => void learned.push(...outcomes),
      },
      sinceMs: () => 0,
      pollIntervalMs: 2,
      pageOutcomes: 40,
      randomWord: () => word++,
      onError: (error) => errors.push(error),
    });
    return { feed, errors, learned: () => learned.toSorted((a, b) => a.delayMs - b.delayMs) };
  };

  it('all learn each outcome once, at once or from each other, and a new one learns the same from history', async () => {
    let writes = 0;
    const processes = Array.from({ length: PROCESSES }, () =>
      startProcess((store) => async (...call) => {
        const results = await store.attempts.record(...call);
        // Each seventh acknowledgement is lost after the write.
        if (++writes % 7 === 0) throw new Error('connection lost');
        return results;
      }),
    );
    for (const { feed } of processes) feed.start();
    const work = processes.flatMap(({ feed }, i) =>
      [0, 1].map(async (lane) => {
        for (let delayMs = lane; delayMs < OUTCOMES; delayMs += 6) {
          // Neighbours report some of the same attempts.
          const batch = [delayMs, delayMs + 2 * i].filter((delay) => delay < OUTCOMES).map(attempt);
          await feed.record(batch).catch(() => feed.record(batch).catch(() => undefined));
        }
      }),
    );
    await Promise.all(work);
    const newcomer = startProcess();
    await newcomer.feed.catchUp();
    const all = newcomer.learned();
    expect(new Set(all.map(({ delayMs }) => delayMs)).size).toBe(all.length);
    expect(all.length).toBeGreaterThan(OUTCOMES / 3);
    for (const { feed, learned, errors } of processes) {
      while (learned().length < all.length) await feed.catchUp().then(() => new Promise((r) => setTimeout(r, 2)));
      for (let poll = 0; poll < 3; poll++) await feed.catchUp().then(() => new Promise((r) => setTimeout(r, 2)));
      expect(learned()).toEqual(all);
      expect(errors).toEqual([]);
      feed.rebuild();
      while (!feed.isWarm) await new Promise((resolve) => setTimeout(resolve, 2));
      expect(learned()).toEqual(all);
      feed.stop();
    }
  });
});
