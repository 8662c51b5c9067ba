import { createTestDatabase, TcpGate } from '@smart-retry/storage/testing';

export type Store = 'postgres' | 'redis';

/** A database of its own and the shared Redis, each behind a gate that can make it look dead to the API. */
export interface GatedStores {
  readonly gates: Readonly<Record<Store, TcpGate>>;
  /** Settings that lead an API through the gates. */
  readonly env: Readonly<Record<string, string>>;
  /** Settings that lead an API to the same database and no Redis. */
  readonly databaseOnlyEnv: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Opens both gates. */
export async function openGatedStores(): Promise<GatedStores> {
  const database = await createTestDatabase();
  const url = new URL(database.url);
  const redis = new URL(`redis://${process.env['TEST_REDIS_ADDR']}`);
  const gates = { postgres: gateBefore(url), redis: gateBefore(redis) };
  await Promise.all([gates.postgres.open(), gates.redis.open()]);
  url.host = `127.0.0.1:${gates.postgres.port}`;
  const databaseOnlyEnv = { RETRY_DATABASE_URL: url.href };
  return {
    gates,
    env: { ...databaseOnlyEnv, RETRY_REDIS_ADDR: `127.0.0.1:${gates.redis.port}` },
    databaseOnlyEnv,
    close: async () => {
      await Promise.all([gates.postgres.refuse(), gates.redis.refuse()]);
      await database.drop();
    },
  };
}

function gateBefore({ hostname, port }: URL): TcpGate {
  return new TcpGate({ host: hostname, port: Number(port) });
}
