import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { NOON_MS, appendDecisions, exampleAttempt, exampleChange, exampleDecision } from '../contract/examples.js';
import { TcpGate } from '../testing/tcp-gate.js';
import { eventually } from '../testing/eventually.js';
import { openPostgres, type PostgresStores } from './open-postgres.js';
import { createTestDatabase, type TestDatabase } from './testing/create-test-database.js';

const UNAVAILABLE = { code: 'STORE_UNAVAILABLE', retryAfterMs: 1_000 };

describe('while Postgres is away', () => {
  let database: TestDatabase;
  let gate: TcpGate;
  let stores: PostgresStores;

  beforeAll(async () => {
    database = await createTestDatabase();
    const url = new URL(database.url);
    gate = new TcpGate({ host: url.hostname, port: Number(url.port) });
    await gate.open();
    url.host = `127.0.0.1:${gate.port}`;
    await gate.refuse();
    stores = openPostgres({ url: url.href, connectionTimeoutMs: 1_500, statementTimeoutMs: 1_500 });
  });

  afterAll(async () => {
    await stores.close();
    await gate.refuse();
    await database.drop();
  });

  const expectEverythingUnavailable = async () => {
    const query = { filter: {}, fromMs: 0, toMs: NOON_MS };
    for (const call of [
      () => stores.check(),
      () => stores.migrate(),
      () => stores.configuration.load(),
      () => stores.configuration.commit(exampleChange()),
      () => stores.signingKeys.loadOrCreate(new Uint8Array(32)),
      () => stores.attempts.record([exampleAttempt()]),
      () => stores.attempts.statistics(query),
      () => stores.attempts.dropBefore(0),
      () => appendDecisions(stores.decisions, [exampleDecision()]),
    ])
      await expect(call()).rejects.toMatchObject(UNAVAILABLE);
  };

  it('opens, says so on every call, and works once the database is there', async () => {
    await expectEverythingUnavailable();
    await gate.open();
    await eventually(() => stores.check());
    expect(await stores.attempts.record([exampleAttempt()])).toEqual([{ duplicate: false }]);
    expect(await stores.configuration.load()).toBeNull();
  });

  it('says so when connections break, and recovers', async () => {
    await gate.open();
    await eventually(() => stores.configuration.revision());
    await gate.refuse();
    await expectEverythingUnavailable();
    await gate.open();
    await eventually(() => stores.check());
    expect(await stores.configuration.revision()).toBe(0);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['attempts', () => stores.attempts.record([exampleAttempt()])],
    ['decisions', () => appendDecisions(stores.decisions, [exampleDecision()])],
    ['configuration', () => stores.configuration.revision()],
  ])(
    'gives up on %s in flight when the server falls silent, and leaves no poisoned connection',
    async (_name, call) => {
      await gate.open();
      await eventually(call);
      gate.silence();
      await expect(call()).rejects.toMatchObject(UNAVAILABLE);
      await expectEverythingUnavailable();
      await gate.open();
      await eventually(call);
      await Promise.all(Array.from({ length: 40 }, call));
    },
  );

  it('asks a dead server once, not once a call', async () => {
    // Nothing is learned from a round in which a busy machine took longer to ask than the breaker is open.
    await eventually(async () => {
      await gate.open();
      await eventually(() => stores.check());
      await gate.refuse();
      await expect(stores.check()).rejects.toMatchObject(UNAVAILABLE);
      await gate.open();
      const accepted = gate.accepted;
      await Promise.allSettled(Array.from({ length: 100 }, () => stores.check()));
      expect(gate.accepted).toBe(accepted);
      await eventually(() => stores.check());
      expect(gate.accepted).toBeGreaterThan(accepted);
    });
  });

  it('lets defects surface as they are', async () => {
    await gate.open();
    await eventually(() => stores.check());
    const defect = stores.attempts.statistics({ filter: {}, fromMs: Number.NaN, toMs: 0 });
    await expect(defect).rejects.toMatchObject({ code: '22P02' });
    await stores.check();
  });
});
