import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { describeSchema } from './describe-schema.js';
import { migrateDatabase } from './migrate-database.js';
import { createTestDatabase } from './testing/create-test-database.js';

const COMMITTED = new URL('../../schema.sql', import.meta.url);

describe('schema.sql', () => {
  it('is what the migrations make; WRITE_SCHEMA=1 writes it anew', async () => {
    const database = await createTestDatabase();
    await migrateDatabase({ url: database.url, connectionTimeoutMs: 1_000 });
    const client = new Client({ connectionString: database.url });
    await client.connect();
    const schema = await describeSchema(client);
    await client.end();
    await database.drop();
    if (process.env['WRITE_SCHEMA'] === '1') await writeFile(COMMITTED, schema);
    expect(await readFile(COMMITTED, 'utf8')).toBe(schema);
  });
});
