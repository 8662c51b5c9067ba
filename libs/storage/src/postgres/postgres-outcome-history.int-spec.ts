import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { NOON_MS, exampleAttempt } from '../contract/examples.js';
import { DAY_MS } from '../utc-days.js';
import type { PostgresStores } from './open-postgres.js';
import { openPatiently } from './testing/open-patiently.js';
import { createTestDatabase, type TestDatabase } from './testing/create-test-database.js';

const ALL = { sinceMs: 0, limit: 1_000 };
const INSERT = `INSERT INTO attempts (at_ms, recorded_at_ms, attempt_number, sample_rate, delay_ms, success, is_retry,
  job_type, followed_class, queue, tenant, job_id, details, link)
  VALUES (${NOON_MS}, ${NOON_MS}, 2, 1, $1, true, true, 'email_send', 'timeout', '', '', 'job', '{}',
    json_build_object('source', 'self', 'errorClass', 'timeout', 'failedAttemptNumber', 1, 'delayMs', $1::float8))`;

describe('the outcome history in Postgres', () => {
  let database: TestDatabase;
  let stores: PostgresStores;
  const clients: Client[] = [];
  beforeAll(async () => {
    database = await createTestDatabase();
    stores = openPatiently({ url: database.url });
    await stores.migrate();
  });
  afterAll(async () => {
    for (const client of clients) await client.end();
    await stores.close();
    await database.drop();
  });

  const connect = async () => {
    const client = new Client({ connectionString: database.url });
    await client.connect();
    clients.push(client);
    return client;
  };
  const record = (delayMs: number, timestampMs = NOON_MS) =>
    stores.attempts.record([exampleAttempt({ timestampMs }, { link: { delayMs } })]);
  const readOn = async (from: string | null, limit = ALL.limit) => {
    const delays: number[] = [];
    let cursor = from;
    for (;;) {
      const page = await stores.outcomes.outcomesAfter(cursor, { ...ALL, limit });
      delays.push(...page.outcomes.map(({ outcome }) => outcome.delayMs));
      cursor = page.cursor;
      if (page.isComplete) return { delays, cursor };
    }
  };

  it('tells a transaction that began first and commits last, although later ones have been told', async () => {
    await record(1);
    const slow = await connect();
    await slow.query('BEGIN');
    await slow.query(INSERT, [2]);
    const past = await readOn(null);
    expect(past.delays).toEqual([1]);
    await record(3);
    const meanwhile = await readOn(past.cursor);
    expect(meanwhile.delays).toEqual([3]);
    await slow.query('COMMIT');
    const { rows } = await slow.query('SELECT delay_ms FROM attempts ORDER BY recorded_in');
    // A reader that remembers the newest transaction it has seen would never see 2.
    expect(rows).toEqual([{ delay_ms: 1 }, { delay_ms: 2 }, { delay_ms: 3 }]);
    const late = await readOn(meanwhile.cursor);
    expect(late.delays).toEqual([2]);
    expect((await readOn(late.cursor)).delays).toEqual([]);
  });

  it('does not tell a transaction that was undone, and is not held up by it', async () => {
    const { cursor } = await readOn(null);
    const undone = await connect();
    await undone.query('BEGIN');
    await undone.query(INSERT, [4]);
    await record(5);
    const meanwhile = await readOn(cursor);
    await undone.query('ROLLBACK');
    expect([meanwhile.delays, (await readOn(meanwhile.cursor)).delays]).toEqual([[5], []]);
  });

  it('goes on after a day that is dropped while it is told', async () => {
    const oldMs = NOON_MS - 400 * DAY_MS;
    for (const delayMs of [10, 11, 12]) await record(delayMs, oldMs);
    const page = await stores.outcomes.outcomesAfter(null, { sinceMs: 0, limit: 1 });
    expect(page.outcomes.map(({ outcome }) => outcome.delayMs)).toEqual([10]);
    await stores.attempts.dropBefore(NOON_MS - DAY_MS);
    expect((await readOn(page.cursor, 1)).delays.sort()).toEqual([1, 2, 3, 5]);
  });

  it('tells rows that were restored from another server once, and as the past', async () => {
    const client = await connect();
    await client.query('UPDATE attempts SET recorded_in = 1000000000000 + recorded_in');
    await stores.close();
    stores = openPatiently({ url: database.url });
    await stores.migrate();
    const past = await readOn(null, 2);
    expect(past.delays.sort()).toEqual([1, 2, 3, 5]);
    await record(6);
    expect((await readOn(past.cursor)).delays).toEqual([6]);
    const { rows } = await client.query(
      'SELECT count(*)::int AS ahead FROM attempts WHERE recorded_in > 1000000000000',
    );
    expect(rows).toEqual([{ ahead: 0 }]);
  });
});
