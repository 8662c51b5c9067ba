import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@smart-retry/storage/testing';
import { Client } from 'pg';
import { openConfiguredPostgres } from '../servers/configured-postgres.mjs';
import { runAudit } from './run.mjs';

const EVENT = { atMs: 1, actor: 'Ann', action: 'a.b', target: null, reason: null, details: {} };

let database: TestDatabase;
let env: Record<string, string>;
const hashes: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  env = { RETRY_DATABASE_URL: database.url };
  const postgres = await openConfiguredPostgres(env);
  for (let i = 0; i < 3; i++) hashes.push((await postgres.stores.ledger.append(EVENT)).hash);
  await postgres.close();
});

afterAll(() => database.drop());

const run = async (...args: string[]) => {
  const lines: string[] = [];
  const print = (line: string) => lines.push(line);
  const code = await runAudit(args, { env, print, complain: print });
  return { code, said: lines.join('\n') };
};

describe('npm run audit', () => {
  it('says that the ledger is intact, and what to keep to know that it stays so', async () => {
    expect(await run('verify')).toEqual({ code: 0, said: `intact: 3 entries, the last one ${hashes[2]}` });
    expect(await run('verify', '--known', hashes[1] ?? '')).toMatchObject({ code: 0 });
  });

  it('takes a database without entries for another one than is meant, and ends with 2', async () => {
    const empty = await createTestDatabase();
    const said: string[] = [];
    const complain = (line: string) => said.push(line);
    try {
      const code = await runAudit(['verify'], { env: { RETRY_DATABASE_URL: empty.url }, print: complain, complain });
      expect([code, said]).toEqual([2, ['there are no entries: is this the database that is meant?']]);
    } finally {
      await empty.drop();
    }
  });

  it('names the first entry that was changed, and ends with 1', async () => {
    const client = new Client({ connectionString: database.url });
    await client.connect();
    await client.query(
      `SET session_replication_role = replica; UPDATE change_ledger SET actor = 'x' WHERE sequence = 2`,
    );
    await client.end();
    const { code, said } = await run('verify');
    expect(code).toBe(1);
    expect(said).toContain('BROKEN: entry 2 is not as it was written; 1 entries before it are intact');
  });

  it.each([[['verify', '--known', 'x']], [[]], [['forge']]])('refuses %j, and ends with 2', async (args) => {
    expect(await run(...args)).toMatchObject({ code: 2 });
  });

  it('names the setting that is wrong', async () => {
    env = { RETRY_DATABASE_URL: 'nonsense' };
    expect(await run('verify')).toMatchObject({ code: 2, said: expect.stringContaining('RETRY_DATABASE_URL') });
  });
});
