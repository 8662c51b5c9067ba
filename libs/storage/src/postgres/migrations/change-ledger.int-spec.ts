import { describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { exampleChange } from '../../contract/examples.js';
import { openPatiently } from '../testing/open-patiently.js';
import { createTestDatabase } from '../testing/create-test-database.js';

describe('the migration to a change ledger', () => {
  it('enters the changes of the configuration that were there before', async () => {
    const database = await createTestDatabase();
    const before = openPatiently({ url: database.url });
    for (let revision = 0; revision < 120; revision++) {
      await before.configuration.commit(exampleChange({ expectedRevision: revision, atMs: revision, target: 'é' }));
    }
    await before.close();
    const client = new Client({ connectionString: database.url });
    await client.connect();
    await client.query(`DROP TABLE change_ledger; DROP FUNCTION refuse_ledger_change;
      DELETE FROM migrations WHERE name LIKE 'ChangeLedger%'`);
    await client.end();

    const after = openPatiently({ url: database.url });
    expect(await after.ledger.verify()).toMatchObject({ intactEntries: 120, problem: null });
    expect(await after.ledger.page({ limit: 1 })).toMatchObject([
      { sequence: 120, atMs: 119, target: 'é', details: { revision: 120 } },
    ]);
    await after.close();
    await database.drop();
  });
});
