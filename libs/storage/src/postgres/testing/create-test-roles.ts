import { randomUUID } from 'node:crypto';
import { Client } from 'pg';

/** Two roles as an operator would make them: one owns the database, the other one only uses it. */
export interface TestRoles {
  readonly apiUrl: string;
  readonly migrationUrl: string;
  /** After the database is dropped. */
  drop(): Promise<void>;
}

/** @param databaseUrl a superuser's */
export async function createTestRoles(databaseUrl: string): Promise<TestRoles> {
  const suffix = randomUUID().slice(0, 8);
  const api = `retry_api_${suffix}`;
  const migrator = `retry_migrator_${suffix}`;
  const database = new URL(databaseUrl).pathname.slice(1);
  await administrate(databaseUrl, [
    `CREATE ROLE ${api} LOGIN`,
    `CREATE ROLE ${migrator} LOGIN`,
    `GRANT ${api} TO ${migrator}`,
    `ALTER DATABASE ${database} OWNER TO ${migrator}`,
  ]);
  const urlOf = (role: string) => {
    const url = new URL(databaseUrl);
    url.username = role;
    url.password = '';
    return url.href;
  };
  return {
    apiUrl: urlOf(api),
    migrationUrl: urlOf(migrator),
    drop: () => {
      const server = new URL(databaseUrl);
      server.pathname = '/postgres';
      return administrate(server.href, [`DROP ROLE ${api}`, `DROP ROLE ${migrator}`]);
    },
  };
}

async function administrate(url: string, statements: readonly string[]): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
