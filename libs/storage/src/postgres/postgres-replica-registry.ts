import { REPLICA_GONE_MS, type ReplicaRegistry, type ReplicaState, type SeenReplica } from '@smart-retry/domain';
import type { Database } from './database.js';

/** The rows of others that are gone are passed over while somebody else deletes them: no two of these wait for each other. */
const BEAT = `
WITH beat AS (
  INSERT INTO replicas (id, revision, started_at_ms) VALUES ($1, $2, $3)
  ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, seen_at = clock_timestamp()
), gone AS (
  DELETE FROM replicas WHERE id IN (
    SELECT id FROM replicas WHERE id <> $1 AND seen_at < clock_timestamp() - interval '1 minute' FOR UPDATE SKIP LOCKED
  )
)
SELECT id, revision, started_at_ms, extract(epoch FROM clock_timestamp() - seen_at)::float8 * 1000 AS seen_ago_ms
FROM replicas
WHERE id <> $1 AND seen_at > clock_timestamp() - $4 * interval '1 millisecond'`;

interface ReplicaRow {
  readonly id: string;
  readonly revision: number;
  readonly started_at_ms: number;
  readonly seen_ago_ms: number;
}

/** Processes in a small table; the server's clock says who is gone. */
export class PostgresReplicaRegistry implements ReplicaRegistry {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async beat(replica: ReplicaState): Promise<readonly SeenReplica[]> {
    const { id, revision, startedAtMs } = replica;
    const { rows } = await this.#database.query<ReplicaRow>({
      text: BEAT,
      values: [id, revision, startedAtMs, REPLICA_GONE_MS],
    });
    const others = rows.map((row) => ({
      id: row.id,
      revision: row.revision,
      startedAtMs: row.started_at_ms,
      seenAgoMs: Math.max(0, Math.round(row.seen_ago_ms)),
    }));
    return [...others, { ...replica, seenAgoMs: 0 }].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  async leave(id: string): Promise<void> {
    await this.#database.query({ text: 'DELETE FROM replicas WHERE id = $1', values: [id] });
  }
}
