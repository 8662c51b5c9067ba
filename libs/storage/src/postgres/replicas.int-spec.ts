import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { NOON_MS, appendDecisions, exampleAttempt, exampleDecision, unique } from '../contract/examples.js';
import { DAY_MS } from '../utc-days.js';
import type { PostgresStores } from './open-postgres.js';
import { openPatiently } from './testing/open-patiently.js';
import { createTestDatabase, type TestDatabase } from './testing/create-test-database.js';

const FAR_FUTURE_MS = Date.UTC(2999, 0, 1);

describe('replicas on one Postgres', () => {
  let database: TestDatabase;
  let replicas: readonly [PostgresStores, PostgresStores, PostgresStores];

  beforeAll(async () => {
    database = await createTestDatabase();
    const open = () => openPatiently({ url: database.url });
    replicas = [open(), open(), open()];
  });

  afterAll(async () => {
    for (const replica of replicas) await replica.close();
    await database.drop();
  });

  const freshOf = (results: readonly (readonly { readonly duplicate: boolean }[])[]) =>
    results.flat().filter((result) => !result.duplicate).length;

  it('start at the same time on an empty database, and migrate it once', async () => {
    await Promise.all(replicas.map((replica) => replica.migrate()));
    await Promise.all(replicas.map((replica) => replica.check()));
  });

  it('record attempts of a day that nobody has seen, each once', async () => {
    for (let day = 0; day < 5; day++) {
      const attempts = Array.from({ length: 4 }, () => exampleAttempt({ timestampMs: NOON_MS + day * DAY_MS }));
      const results = await Promise.all(
        [...replicas, ...replicas, ...replicas].map((replica) => replica.attempts.record(attempts)),
      );
      expect(freshOf(results)).toBe(4);
    }
  });

  it('make again a day that another one has dropped', async () => {
    const [a, b] = replicas;
    const decision = () => exampleDecision({ tenant: 'a' }, {}, { decidedAtMs: Date.UTC(2001, 5, 5) });
    const attempt = () => exampleAttempt({ timestampMs: Date.UTC(2001, 5, 5) });
    await appendDecisions(a.decisions, [decision()]);
    await a.attempts.record([attempt()]);
    await b.decisions.dropBefore(Date.UTC(2001, 5, 10));
    await b.attempts.dropBefore(Date.UTC(2001, 5, 10));
    await appendDecisions(a.decisions, [decision()]);
    expect(await a.attempts.record([attempt()])).toEqual([{ duplicate: false }]);
    expect((await b.decisions.page({ tenant: 'a', limit: 10 })).records).toHaveLength(1);
  });

  it('know an attempt for a whole retention after it was recorded, and forget it in the one after', async () => {
    const [a, b] = replicas;
    const attempt = exampleAttempt();
    await a.attempts.record([attempt]);
    // Each call finds the current generation of keys older than the retention, and begins the next one.
    await b.attempts.dropBefore(FAR_FUTURE_MS);
    expect(await a.attempts.record([attempt])).toEqual([{ duplicate: true }]);
    await b.attempts.dropBefore(FAR_FUTURE_MS);
    expect(await a.attempts.record([attempt])).toEqual([{ duplicate: false }]);
  });

  it('record an attempt once while keys change generation', async () => {
    const [a, b, c] = replicas;
    for (let round = 0; round < 5; round++) {
      const attempts = Array.from({ length: 20 }, () => exampleAttempt({ tenant: unique('tenant') }));
      const recording = Array.from({ length: 12 }, (_, i) => (i % 2 === 0 ? a : b).attempts.record(attempts));
      const [results] = await Promise.all([
        Promise.all(recording),
        c.attempts.dropBefore(FAR_FUTURE_MS).catch((error: unknown) => {
          expect(error).toMatchObject({ code: 'STORE_UNAVAILABLE' });
        }),
      ]);
      expect(freshOf(results)).toBe(20);
    }
  });
});
