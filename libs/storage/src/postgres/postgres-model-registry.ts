import type { Deployment, EpochMs, KeptResponse, ModelRegistry, ModelVersion } from '@smart-retry/domain';
import type { EntityManager } from 'typeorm';
import { modelMoveEvent } from '../configuration-event.js';
import { modelExists, movedMeanwhile } from '../model-failures.js';
import { appendChange } from './append-change.js';
import { errorCodeOf, violatedConstraintOf } from './classify-postgres-failure.js';
import type { ConfigurationSession } from './configuration-session.js';
import { keepResponse } from './keep-response.js';

const UNIQUE_VIOLATION = '23505';
/** Every lost race is another process's change of the configuration, so this bounds how many of those may come between. */
const MAX_MOVE_TRIES = 50;

const DEPLOYMENT_COLUMNS =
  'revision, at_ms, actor, action, version, reason, champion, canary, canary_percent, shadow, previous_revision';

/** The strategy stays as it is: the entry says who moved which model when. */
const NOTE_IN_HISTORY = `
INSERT INTO configuration_revisions (revision, strategy, changed_at_ms, changed_by, action, target, file_digest)
SELECT revision + 1, strategy, $1, $2, $3, $4, file_digest FROM configuration_revisions ORDER BY revision DESC LIMIT 1
RETURNING revision, encode(sha256(convert_to(strategy::text, 'UTF8')), 'hex') AS strategy_sha256`;

interface DeploymentRow extends Pick<Deployment, 'revision' | 'actor' | 'action' | 'version' | 'reason'> {
  readonly at_ms: EpochMs;
  readonly champion: string | null;
  readonly canary: string | null;
  readonly canary_percent: number | null;
  readonly shadow: string | null;
  readonly previous_revision: number | null;
}

/** Models and their moves, for all processes. */
export class PostgresModelRegistry implements ModelRegistry {
  readonly #session: ConfigurationSession;

  constructor(session: ConfigurationSession) {
    this.#session = session;
  }

  async register(model: ModelVersion, artifact: Uint8Array): Promise<void> {
    const rows = await this.#query<unknown>(
      `INSERT INTO models (version, trained_at_ms, description, artifact) VALUES ($1, $2, $3, $4)
       ON CONFLICT DO NOTHING RETURNING version`,
      [model.version, model.trainedAtMs, JSON.stringify(model), Buffer.from(artifact)],
    );
    if (rows.length === 0) throw modelExists(model.version);
  }

  async find(version: string): Promise<ModelVersion | null> {
    const [row] = await this.#query<{ description: ModelVersion }>(
      'SELECT description FROM models WHERE version = $1',
      [version],
    );
    return row?.description ?? null;
  }

  async artifact(version: string): Promise<Uint8Array | null> {
    const [row] = await this.#query<{ artifact: Buffer }>('SELECT artifact FROM models WHERE version = $1', [version]);
    return row === undefined ? null : Uint8Array.from(row.artifact);
  }

  async list(page: {
    readonly limit: number;
    readonly after?: Pick<ModelVersion, 'trainedAtMs' | 'version'>;
  }): Promise<readonly ModelVersion[]> {
    const { limit, after } = page;
    const rows = await this.#query<{ description: ModelVersion }>(
      `SELECT description FROM models
       WHERE $2::bigint IS NULL OR (trained_at_ms, version) < ($2::bigint, $3::text COLLATE "C")
       ORDER BY trained_at_ms DESC, version DESC LIMIT $1`,
      [limit, after?.trainedAtMs ?? null, after?.version ?? null],
    );
    return rows.map(({ description }) => description);
  }

  async revision(): Promise<number> {
    const [row] = await this.#query<{ revision: number }>(
      'SELECT coalesce(max(revision), 0) AS revision FROM model_deployments',
      [],
    );
    return row?.revision ?? 0;
  }

  async move(deployment: Deployment, keep?: KeptResponse): Promise<void> {
    await this.#session.run(async (manager) => {
      for (let tries = 1; ; tries++) {
        try {
          return await manager.transaction((transaction) => insertMove(transaction, deployment, keep));
        } catch (error) {
          if (errorCodeOf(error) !== UNIQUE_VIOLATION) throw error;
          if (violatedConstraintOf(error) === 'model_deployments_pkey') throw movedMeanwhile(deployment.revision);
          if (tries === MAX_MOVE_TRIES) throw error;
        }
      }
    });
  }

  async deployment(revision: number): Promise<Deployment | null> {
    const [row] = await this.#query<DeploymentRow>(
      `SELECT ${DEPLOYMENT_COLUMNS} FROM model_deployments WHERE revision = $1`,
      [revision],
    );
    return row === undefined ? null : toDeployment(row);
  }

  async deployments(page: {
    readonly limit: number;
    readonly beforeRevision?: number;
    readonly untilMs?: EpochMs;
  }): Promise<readonly Deployment[]> {
    const rows = await this.#query<DeploymentRow>(
      `SELECT ${DEPLOYMENT_COLUMNS} FROM model_deployments
       WHERE ($2::bigint IS NULL OR revision < $2) AND ($3::bigint IS NULL OR at_ms <= $3)
       ORDER BY revision DESC LIMIT $1`,
      [page.limit, page.beforeRevision ?? null, page.untilMs ?? null],
    );
    return rows.map(toDeployment);
  }

  async #query<Row>(text: string, values: readonly unknown[]): Promise<readonly Row[]> {
    return this.#session.run((manager) => manager.query<Row[]>(text, [...values]));
  }
}

async function insertMove(manager: EntityManager, deployment: Deployment, keep?: KeptResponse): Promise<void> {
  if (keep !== undefined) await keepResponse(manager, keep);
  const { revision, atMs, actor, action, version, reason, rollout, previousRevision } = deployment;
  const { champion, canary, shadow } = rollout;
  // A gap would make a move that nobody follows: whoever counts from a revision that is not there has read nonsense.
  const inserted: readonly unknown[] = await manager.query(
    `INSERT INTO model_deployments (${DEPLOYMENT_COLUMNS})
     SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11
     WHERE $1::bigint = (SELECT coalesce(max(revision), 0) + 1 FROM model_deployments) RETURNING revision`,
    [
      revision,
      atMs,
      actor,
      action,
      version,
      reason,
      champion,
      canary?.version ?? null,
      canary?.percent ?? null,
      shadow,
      previousRevision,
    ],
  );
  if (inserted.length === 0) throw movedMeanwhile(revision);
  const [noted] = await manager.query<object[]>(NOTE_IN_HISTORY, [atMs, actor, `model.${action}`, version]);
  await appendChange(manager, modelMoveEvent(deployment, noted));
}

function toDeployment(row: DeploymentRow): Deployment {
  const { revision, actor, action, version, reason, champion, canary, shadow } = row;
  return {
    revision,
    atMs: row.at_ms,
    actor,
    action,
    version,
    reason,
    rollout: {
      champion,
      canary: canary === null ? null : { version: canary, percent: row.canary_percent ?? 0 },
      shadow,
    },
    previousRevision: row.previous_revision,
  };
}
