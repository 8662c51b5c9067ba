import type { MigrationInterface, QueryRunner } from 'typeorm';

/* One row for each move that was looked at: whoever sets `looked_at_ms` looks, the others wait for the next interval. */
const CANARY_JUDGEMENTS = `
CREATE TABLE canary_judgements (
  revision bigint PRIMARY KEY REFERENCES model_deployments,
  looked_at_ms bigint NOT NULL,
  judgement json
);
`;

/** What judges have found out about canaries. */
export class CanaryJudgements1764710000000 implements MigrationInterface {
  readonly name = 'CanaryJudgements1764710000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(CANARY_JUDGEMENTS);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE canary_judgements');
  }
}
