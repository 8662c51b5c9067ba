import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ChangeEvent } from '@smart-retry/domain';
import { Client } from 'pg';
import { appendDecisions, exampleAttempt, exampleChange, exampleDecision } from '../contract/examples.js';
import type { PostgresStores } from './open-postgres.js';
import { openPatiently } from './testing/open-patiently.js';
import { createTestDatabase, type TestDatabase } from './testing/create-test-database.js';
import { createTestRoles, type TestRoles } from './testing/create-test-roles.js';

const DAY_MS = 86_400_000;
const event: ChangeEvent = { atMs: 1, actor: 'Ann', action: 'a.b', target: null, reason: null, details: { n: 1 } };

let database: TestDatabase;
let roles: TestRoles;
let stores: PostgresStores;

beforeAll(async () => {
  database = await createTestDatabase();
  roles = await createTestRoles(database.url);
  stores = openPatiently({ url: roles.apiUrl, migrationUrl: roles.migrationUrl });
  await stores.migrate();
  for (let revision = 0; revision < 2; revision++) {
    await stores.configuration.commit(exampleChange({ expectedRevision: revision }));
    await stores.ledger.append(event);
  }
});

afterAll(async () => {
  await stores.close();
  await database.drop();
  await roles.drop();
});

async function runAs<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const TAMPERING = [
  `UPDATE change_ledger SET actor = 'Bob'`,
  'DELETE FROM change_ledger',
  'TRUNCATE change_ledger',
  'DROP TABLE change_ledger',
  'ALTER TABLE change_ledger DISABLE TRIGGER ALL',
  'DROP TRIGGER change_ledger_is_append_only ON change_ledger',
  `CREATE OR REPLACE FUNCTION refuse_ledger_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'`,
  'SET session_replication_role = replica',
  `UPDATE configuration_revisions SET changed_by = 'Bob'`,
  'DELETE FROM configuration_revisions',
  'DROP TABLE configuration_revisions',
  'DELETE FROM model_deployments',
  'DROP SCHEMA public CASCADE',
];

describe('with a role of its own for migrations', () => {
  it.each(TAMPERING)('the role of the API may not: %s', async (statement) => {
    await expect(runAs(roles.apiUrl, (client) => client.query(statement))).rejects.toMatchObject({ code: '42501' });
  });

  it('the role of the API does all its work', async () => {
    await stores.attempts.record([exampleAttempt({ timestampMs: 10 * DAY_MS })]);
    await appendDecisions(stores.decisions, [exampleDecision({}, {}, { decidedAtMs: 10 * DAY_MS })]);
    expect(await stores.attempts.dropBefore(Date.now())).toBe(1);
    expect(await stores.decisions.dropBefore(Date.now())).toBe(1);
    expect(await stores.signingKeys.loadOrCreate(new Uint8Array([1]))).toEqual(new Uint8Array([1]));
    expect(await stores.ledger.verify()).toMatchObject({ problem: null });
  });

  it('migrates again when nothing is to be done', async () => {
    const again = openPatiently({ url: roles.apiUrl, migrationUrl: roles.migrationUrl });
    await again.migrate();
    await again.attempts.record([exampleAttempt()]);
    await again.close();
  });

  it('refuses roles that would protect nothing, saying why', async () => {
    const same = openPatiently({ url: roles.migrationUrl, migrationUrl: roles.migrationUrl });
    await expect(same.migrate()).rejects.toMatchObject({
      code: 'INVALID_CONFIGURATION',
      message: expect.stringContaining('is a member of, the role that migrations run under'),
    });
    await same.close();
    const superuser = openPatiently({ url: database.url, migrationUrl: roles.migrationUrl });
    await expect(superuser.migrate()).rejects.toMatchObject({ message: expect.stringContaining('is a superuser') });
    // Whoever reports an attempt is not to blame.
    for (const used of [superuser.attempts.record([exampleAttempt()]), superuser.check()]) {
      await expect(used).rejects.toMatchObject({
        code: 'STORE_UNAVAILABLE',
        message: expect.stringContaining('is a superuser'),
      });
    }
    await superuser.close();
  });
});

describe('tampering by a superuser', () => {
  /** Forges, looks, and undoes it. */
  const verdictAfter = async (statement: string, known?: { readonly hash: string }) =>
    runAs(database.url, async (client) => {
      await client.query('CREATE TABLE saved_ledger AS TABLE change_ledger');
      await client.query('CREATE TABLE saved_revisions AS TABLE configuration_revisions');
      await client.query(`SET session_replication_role = replica; ${statement}`);
      try {
        return await stores.ledger.verify(known);
      } finally {
        await client.query('TRUNCATE change_ledger, configuration_revisions');
        await client.query('INSERT INTO change_ledger TABLE saved_ledger');
        await client.query('INSERT INTO configuration_revisions TABLE saved_revisions');
        await client.query('DROP TABLE saved_ledger, saved_revisions');
      }
    });

  it('is stopped by the trigger, as long as nobody switches it off', async () => {
    const attempt = runAs(database.url, (client) => client.query('DELETE FROM change_ledger'));
    await expect(attempt).rejects.toMatchObject({ message: 'the change ledger is only ever added to' });
  });

  it.each([
    [`UPDATE change_ledger SET actor = 'Bob' WHERE sequence = 2`, 'entry 2 is not as it was written'],
    [`UPDATE change_ledger SET details = '{"n":2}' WHERE sequence = 4`, 'entry 4 is not as it was written'],
    ['DELETE FROM change_ledger WHERE sequence = 3', 'entry 3 is missing: entry 4 follows'],
    ['DELETE FROM change_ledger WHERE sequence >= 3', 'revision 2 of the configuration is not the one entered'],
    [
      `UPDATE configuration_revisions SET strategy = '{"name":"forged"}' WHERE revision = 1`,
      'revision 1 of the configuration is not the one entered',
    ],
  ])('is found: %s', async (statement, problem) => {
    expect(await verdictAfter(statement)).toMatchObject({ problem });
    expect(await stores.ledger.verify()).toMatchObject({ intactEntries: 4, problem: null });
  });

  it('of the last entry is found by who has kept its hash', async () => {
    const { headHash: hash } = await stores.ledger.verify();
    const cutOff = 'DELETE FROM change_ledger WHERE sequence = 4';
    expect((await verdictAfter(cutOff)).problem).toBeNull();
    expect((await verdictAfter(cutOff, { hash })).problem).toContain('no entry has the known hash');
  });
});
