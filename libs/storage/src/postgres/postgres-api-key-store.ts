import type { ApiKey, ApiKeyStore, EpochMs, KeyCreation, KeyList, KeyRevocation, KeyScope } from '@smart-retry/domain';
import { keyEnded } from '../key-ended.js';
import { keyExists } from '../key-exists.js';
import { appendChange, type Transaction } from './append-change.js';
import { errorCodeOf } from './classify-postgres-failure.js';
import type { ConfigurationSession } from './configuration-session.js';
import type { Database } from './database.js';
import { keepResponse } from './keep-response.js';

const UNIQUE_VIOLATION = '23505';

const LIST = `
SELECT current.revision, api_keys.*
FROM api_key_revision AS current LEFT JOIN api_keys ON true
ORDER BY created_at_ms, selector`;

const INSERT = `
WITH changed AS (
  UPDATE api_key_revision SET revision = revision + 1
)
INSERT INTO api_keys (selector, digest, name, scopes, tenant, requests_per_second, created_at_ms, created_by, expires_at_ms,
  revoked_at_ms, replaces)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`;

const REVOKE = `
WITH revoked AS (
  UPDATE api_keys SET revoked_at_ms = $2 WHERE selector = $1 AND (revoked_at_ms IS NULL OR revoked_at_ms > $2) RETURNING *
), changed AS (
  UPDATE api_key_revision SET revision = revision + 1 WHERE EXISTS (SELECT FROM revoked)
)
SELECT * FROM revoked`;

const FIND = 'SELECT * FROM api_keys WHERE selector = $1';

const REPLACE = `
WITH replaced AS (
  UPDATE api_keys SET revoked_at_ms = $2 WHERE selector = $1 AND revoked_at_ms IS NULL RETURNING selector
)
SELECT selector FROM replaced`;

const NOTE_USES = `
UPDATE api_keys SET last_used_at_ms = GREATEST(api_keys.last_used_at_ms, used.at_ms, api_keys.created_at_ms)
FROM unnest($1::text[], $2::bigint[]) AS used (selector, at_ms)
WHERE api_keys.selector = used.selector`;

interface ApiKeyRow {
  readonly selector: string;
  readonly digest: Buffer;
  readonly name: string;
  readonly scopes: KeyScope[];
  readonly tenant: string | null;
  readonly requests_per_second: number | null;
  readonly created_at_ms: EpochMs;
  readonly created_by: string;
  readonly expires_at_ms: EpochMs | null;
  readonly revoked_at_ms: EpochMs | null;
  readonly last_used_at_ms: EpochMs | null;
  readonly replaces: string | null;
}

/** Keys as digests, in one small table. */
export class PostgresApiKeyStore implements ApiKeyStore {
  readonly #session: ConfigurationSession;
  readonly #database: Database;

  constructor(session: ConfigurationSession, database: Database) {
    this.#session = session;
    this.#database = database;
  }

  async revision(): Promise<number> {
    const { rows } = await this.#database.query<{ readonly revision: number }>({
      text: 'SELECT revision FROM api_key_revision',
    });
    return rows[0]?.revision ?? 0;
  }

  async list(): Promise<KeyList> {
    const { rows } = await this.#database.query<(ApiKeyRow | { readonly selector: null }) & { revision: number }>({
      text: LIST,
    });
    const keys = rows.flatMap((row) => (row.selector === null ? [] : [fromRow(row)]));
    return { revision: rows[0]?.revision ?? 0, keys };
  }

  async create({ key, event, keep, replaced }: KeyCreation): Promise<void> {
    await this.#session.run((manager) =>
      manager.transaction(async (transaction) => {
        if (keep !== undefined) await keepResponse(transaction, keep);
        if (replaced !== undefined) await replaceKey(transaction, replaced);
        await insertKey(transaction, key);
        await appendChange(transaction, event);
        if (replaced !== undefined) await appendChange(transaction, replaced.event);
      }),
    );
  }

  async revoke({ selector, atMs, event }: KeyRevocation): Promise<ApiKey | null> {
    return this.#session.run((manager) =>
      manager.transaction(async (transaction) => {
        const [revoked] = await transaction.query<ApiKeyRow[]>(REVOKE, [selector, atMs]);
        if (revoked !== undefined) {
          await appendChange(transaction, event);
          return fromRow(revoked);
        }
        const [key] = await transaction.query<ApiKeyRow[]>(FIND, [selector]);
        return key === undefined ? null : fromRow(key);
      }),
    );
  }

  async noteUses(lastUsedAtMs: ReadonlyMap<string, EpochMs>): Promise<void> {
    if (lastUsedAtMs.size === 0) return;
    await this.#database.query({ text: NOTE_USES, values: [[...lastUsedAtMs.keys()], [...lastUsedAtMs.values()]] });
  }
}

async function replaceKey(transaction: Transaction, { selector, atMs }: KeyRevocation): Promise<void> {
  const rows = (await transaction.query(REPLACE, [selector, atMs])) as readonly unknown[];
  if (rows.length === 0) throw keyEnded(selector);
}

async function insertKey(transaction: Transaction, key: ApiKey): Promise<void> {
  const { selector, digest, name, scopes, tenant, requestsPerSecond } = key;
  const columns = [selector, Buffer.from(digest), name, scopes, tenant, requestsPerSecond];
  const times = [key.createdAtMs, key.createdBy, key.expiresAtMs, key.revokedAtMs, key.replaces];
  try {
    await transaction.query(INSERT, [...columns, ...times]);
  } catch (error) {
    throw errorCodeOf(error) === UNIQUE_VIOLATION ? keyExists(selector) : error;
  }
}

function fromRow(row: ApiKeyRow): ApiKey {
  return {
    selector: row.selector,
    digest: Uint8Array.from(row.digest),
    name: row.name,
    scopes: row.scopes,
    tenant: row.tenant,
    requestsPerSecond: row.requests_per_second,
    createdAtMs: row.created_at_ms,
    createdBy: row.created_by,
    expiresAtMs: row.expires_at_ms,
    revokedAtMs: row.revoked_at_ms,
    lastUsedAtMs: row.last_used_at_ms,
    replaces: row.replaces,
  };
}
