import type { MigrationInterface, QueryRunner } from 'typeorm';

/* Who runs is known anew within a second, so the table is spared the log; and why a change was made is kept with it. */
const REPLICAS = `
CREATE UNLOGGED TABLE replicas (
  id text COLLATE "C" PRIMARY KEY,
  revision bigint NOT NULL,
  started_at_ms bigint NOT NULL,
  seen_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
ALTER TABLE configuration_revisions ADD COLUMN reason text;
`;

/** Lets an operator see which process runs which revision, and why a revision was made. */
export class Replicas1764630000000 implements MigrationInterface {
  readonly name = 'Replicas1764630000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(REPLICAS);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE replicas; ALTER TABLE configuration_revisions DROP COLUMN reason');
  }
}
