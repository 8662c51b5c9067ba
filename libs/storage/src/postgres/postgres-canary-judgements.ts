import type { CanaryJudgement, CanaryJudgements } from '@smart-retry/domain';
import type { Database } from './database.js';
import { toStorableJson } from './storable-json.js';

const CLAIM_LOOK = `
INSERT INTO canary_judgements (revision, looked_at_ms) VALUES ($1, $2)
ON CONFLICT (revision) DO UPDATE SET looked_at_ms = $2 WHERE canary_judgements.looked_at_ms <= $2::bigint - $3::bigint`;
const NOTE = `
INSERT INTO canary_judgements (revision, looked_at_ms, judgement) VALUES ($1, $2, $3)
ON CONFLICT (revision) DO UPDATE SET judgement = $3`;
const LATEST = `
SELECT judgement FROM canary_judgements WHERE judgement IS NOT NULL ORDER BY revision DESC LIMIT 1`;

/** What judges find out, for all processes. */
export class PostgresCanaryJudgements implements CanaryJudgements {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async claimLook({ revision, atMs, intervalMs }: Parameters<CanaryJudgements['claimLook']>[0]): Promise<boolean> {
    const { rowCount } = await this.#database.query({ text: CLAIM_LOOK, values: [revision, atMs, intervalMs] });
    return (rowCount ?? 0) > 0;
  }

  async note(judgement: CanaryJudgement): Promise<void> {
    const values = [judgement.revision, judgement.atMs, toStorableJson(judgement)];
    await this.#database.query({ text: NOTE, values });
  }

  async latest(): Promise<CanaryJudgement | null> {
    const { rows } = await this.#database.query<{ judgement: CanaryJudgement }>({ text: LATEST });
    return rows[0]?.judgement ?? null;
  }
}
