import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../../testing/index.js';
import { openPatiently } from '../testing/open-patiently.js';

const DAY = 20_300 * 86_400_000;

let database: TestDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  const stores = openPatiently({ url: database.url });
  await stores.migrate();
  await stores.close();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query(`CREATE TABLE decisions_one PARTITION OF decisions FOR VALUES FROM (${DAY}) TO (${DAY + 86_400_000});
    INSERT INTO decisions SELECT ${DAY} + i, 1, 0, true, 'r' || i, CASE WHEN i = 7 THEN 'ml' ELSE 'rules' END, 'sync',
      CASE WHEN i = 5 THEN 'rare' ELSE 'often' END, 'job', '[]', '{}', '{}', to_json(repeat('x', 1000))
    FROM generate_series(0, 9999) AS i;
    ANALYZE decisions`);
});

afterAll(async () => {
  await client.end();
  await database.drop();
});

/** What the first page of these decisions reads. */
const planOf = async (condition: string) => {
  const { rows } = await client.query<{ readonly 'QUERY PLAN': string }>(
    `EXPLAIN SELECT evidence FROM decisions WHERE ${condition} ORDER BY decided_at_ms DESC, recommendation_id DESC LIMIT 51`,
  );
  return rows.map((row) => row['QUERY PLAN']).join('\n');
};

describe('decisions of a rare tenant or method', () => {
  it.each(["tenant = 'rare'", "method = 'ml'"])('are found by an index, %s', async (condition) => {
    expect(await planOf(condition)).toMatch(/_(tenant|method)_decided_at_ms_idx/);
  });

  it('control: without one the whole day is read', async () => {
    await client.query('BEGIN; DROP INDEX decisions_tenant, decisions_method');
    expect(await planOf("tenant = 'rare'")).not.toContain('_tenant_decided_at_ms_idx');
    await client.query('ROLLBACK');
  });
});
