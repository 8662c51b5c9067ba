import type { ChangeEntry, ChangeEvent, ChangeLedger, EpochMs, LedgerVerdict } from '@smart-retry/domain';
import type { ClientBase } from 'pg';
import { ChainWalk } from '../change-chain.js';
import { appendChange } from './append-change.js';
import type { ConfigurationSession } from './configuration-session.js';
import type { Database } from './database.js';

const COLUMNS = 'sequence, at_ms, actor, action, target, reason, details, previous_hash, hash';
const PAGE = `SELECT ${COLUMNS} FROM change_ledger
  WHERE ($1::bigint IS NULL OR sequence < $1) AND ($2::text IS NULL OR action = $2) AND ($3::text IS NULL OR target = $3)
    AND ($4::text IS NULL OR actor = $4) AND ($5::bigint IS NULL OR at_ms >= $5) AND ($6::bigint IS NULL OR at_ms < $6)
  ORDER BY sequence DESC LIMIT $7`;
const WALK = `SELECT ${COLUMNS} FROM change_ledger WHERE sequence > $1 ORDER BY sequence LIMIT $2`;
const WALK_ENTRIES = 1_000;

/** The history holds the strategies themselves: one that no entry seals was changed, or its entry was cut off. */
const UNSEALED_REVISION = `
SELECT revision FROM configuration_revisions AS kept
WHERE NOT EXISTS (
  SELECT FROM change_ledger WHERE details->>'revision' = kept.revision::text
    AND details->>'strategy_sha256' = encode(sha256(convert_to(kept.strategy::text, 'UTF8')), 'hex'))
ORDER BY revision LIMIT 1`;

interface LedgerRow {
  readonly sequence: number | string;
  readonly at_ms: EpochMs | string;
  readonly actor: string;
  readonly action: string;
  readonly target: string | null;
  readonly reason: string | null;
  readonly details: ChangeEvent['details'];
  readonly previous_hash: string;
  readonly hash: string;
}

/** The ledger in a table that nobody needs to change or delete from. */
export class PostgresChangeLedger implements ChangeLedger {
  readonly #session: ConfigurationSession;
  readonly #database: Database;

  constructor(session: ConfigurationSession, database: Database) {
    this.#session = session;
    this.#database = database;
  }

  async append(event: ChangeEvent): Promise<ChangeEntry> {
    return this.#session.run((manager) => manager.transaction((transaction) => appendChange(transaction, event)));
  }

  async page(query: Parameters<ChangeLedger['page']>[0]): Promise<readonly ChangeEntry[]> {
    const { limit, beforeSequence, action, target, actor, sinceMs, untilMs } = query;
    const { rows } = await this.#database.query<LedgerRow & Record<string, unknown>>({
      text: PAGE,
      values: [beforeSequence, action, target, actor, sinceMs, untilMs, limit],
    });
    return rows.map(toEntry);
  }

  async verify(known?: { readonly hash: string }): Promise<LedgerVerdict> {
    return this.#database.runMaintenance((client) => verifyLedger(client, new ChainWalk(known)));
  }
}

async function verifyLedger(client: ClientBase, walk: ChainWalk): Promise<LedgerVerdict> {
  for (;;) {
    const { rows } = await client.query<LedgerRow>(WALK, [walk.verdict.intactEntries, WALK_ENTRIES]);
    if (!rows.map(toEntry).every((entry) => walk.take(entry)) || rows.length < WALK_ENTRIES) break;
  }
  const { rows } = await client.query<{ revision: string }>(UNSEALED_REVISION);
  if (rows[0] !== undefined) walk.complain(`revision ${rows[0].revision} of the configuration is not the one entered`);
  return walk.verdict;
}

function toEntry(row: LedgerRow): ChangeEntry {
  const { actor, action, target, reason, details, hash } = row;
  const numbers = { sequence: Number(row.sequence), atMs: Number(row.at_ms) };
  return { ...numbers, actor, action, target, reason, details, previousHash: row.previous_hash, hash };
}
