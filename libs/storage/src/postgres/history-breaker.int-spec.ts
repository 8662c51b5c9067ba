import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { NOON_MS } from '../contract/examples.js';
import { eventually } from '../testing/eventually.js';
import { openPostgres, type PostgresStores } from './open-postgres.js';
import { createTestDatabase, type TestDatabase } from './testing/create-test-database.js';

const UNAVAILABLE = { code: 'STORE_UNAVAILABLE' };

describe('the breaker of the past', () => {
  let database: TestDatabase;
  let stores: PostgresStores;
  let administrator: Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    stores = openPostgres({ url: database.url, statementTimeoutMs: 30_000 });
    await stores.migrate();
    administrator = new Client({ connectionString: database.url });
    await administrator.connect();
  });

  afterAll(async () => {
    await administrator.end();
    await stores.close();
    await database.drop();
  });

  const readPast = () => stores.outcomes.reportedOutcomes([{ recommendationId: 'r', fromMs: 0, toMs: NOON_MS }]);
  const readPresent = () => stores.attempts.statistics({ filter: {}, fromMs: 0, toMs: NOON_MS });

  /** Makes the server end the connection of a read while it runs. */
  const breakDuring = async (read: () => Promise<unknown>) => {
    await administrator.query('BEGIN; LOCK TABLE attempts IN ACCESS EXCLUSIVE MODE');
    try {
      const broken = expect(read()).rejects.toMatchObject(UNAVAILABLE);
      await eventually(async () => {
        const { rowCount } = await administrator.query(
          `SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_database ON pg_database.oid = database
           WHERE NOT granted AND datname = current_database()`,
        );
        expect(rowCount).toBeGreaterThan(0);
      });
      await broken;
    } finally {
      await administrator.query('ROLLBACK');
    }
  };

  it('opens when a read of the past breaks, and then nobody else is refused', async () => {
    await breakDuring(readPast);
    await expect(readPast()).rejects.toMatchObject(UNAVAILABLE);
    await stores.check();
    await readPresent();
    await eventually(readPast);
  });

  it('is another one than that of everything else, which refuses all of it when one read of it breaks', async () => {
    await breakDuring(readPresent);
    await expect(stores.check()).rejects.toMatchObject(UNAVAILABLE);
    await readPast();
    await eventually(readPresent);
  });
});
