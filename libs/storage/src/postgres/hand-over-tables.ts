import { SmartRetryError } from '@smart-retry/domain';
import type { ClientBase } from 'pg';
import { runOnOwnConnection } from './run-on-own-connection.js';

const ROLE_TIMEOUT_MS = 5_000;

/** What the stores' role may only read and add to. */
const APPEND_ONLY = ['change_ledger', 'configuration_revisions', 'model_deployments'];
/** What it may only read. */
const READ_ONLY = ['migrations'];

/**
 * Gives the role that the stores are used with every table but those it must not change. It makes and drops partitions,
 * which only a table's owner can.
 *
 * @param owner connected as the role that migrations run under
 * @throws {INVALID_CONFIGURATION} where the stores' role could change the ledger all the same, saying by which right
 */
export async function handOverTables(
  owner: ClientBase,
  { url, connectionTimeoutMs }: { readonly url: string; readonly connectionTimeoutMs: number },
): Promise<void> {
  const connection = {
    connectionString: url,
    connectionTimeoutMillis: connectionTimeoutMs,
    timeoutMs: ROLE_TIMEOUT_MS,
  };
  const { rows } = await runOnOwnConnection(connection, (user) =>
    user.query<{ role: string }>('SELECT current_user::text AS role'),
  );
  const role = rows[0]?.role ?? '';
  const loophole = await findLoophole(owner, role);
  if (loophole !== null) {
    throw new SmartRetryError(
      'INVALID_CONFIGURATION',
      `a role of its own for migrations protects nothing while the role of RETRY_DATABASE_URL ${loophole}`,
    );
  }
  await owner.query(handOverStatement(owner.escapeLiteral(role)));
}

/** By which right a role could undo the protection; null when it cannot. */
async function findLoophole(owner: ClientBase, role: string): Promise<string | null> {
  const { rows } = await owner.query<{ loophole: string | null }>(
    `SELECT CASE
      WHEN rolsuper THEN 'is a superuser'
      WHEN pg_has_role(oid, current_user, 'MEMBER') THEN 'is, or is a member of, the role that migrations run under'
      WHEN pg_has_role(oid, (SELECT nspowner FROM pg_namespace WHERE nspname = current_schema()), 'MEMBER')
        THEN 'owns the schema or the database'
      END AS loophole
    FROM pg_roles WHERE rolname = $1`,
    [role],
  );
  return rows[0]?.loophole ?? null;
}

function handOverStatement(role: string): string {
  const names = (tables: readonly string[]) => tables.map((table) => `'${table}'`).join(', ');
  return `DO $$
    DECLARE found record;
    BEGIN
      EXECUTE format('GRANT USAGE, CREATE ON SCHEMA %I TO %I', current_schema(), ${role}::text);
      FOR found IN SELECT relname, relname IN (${names(APPEND_ONLY)}) AS append_only, relname IN (${names(READ_ONLY)}) AS read_only
        FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')
          AND relowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)
      LOOP
        IF found.append_only THEN EXECUTE format('GRANT SELECT, INSERT ON %I TO %I', found.relname, ${role}::text);
        ELSIF found.read_only THEN EXECUTE format('GRANT SELECT ON %I TO %I', found.relname, ${role}::text);
        ELSE EXECUTE format('ALTER TABLE %I OWNER TO %I', found.relname, ${role}::text);
        END IF;
      END LOOP;
    END $$`;
}
