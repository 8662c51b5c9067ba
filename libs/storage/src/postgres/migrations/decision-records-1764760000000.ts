import type { MigrationInterface, QueryRunner } from 'typeorm';

/*
 * What only the audit trail reads becomes one text: the server parses what it stores as JSON, which was a quarter of the
 * cost of a row. Rows that are there keep their columns until they are too old; nothing is rewritten.
 */
const COLUMNS = `
ALTER TABLE decisions
  ADD COLUMN propensity double precision,
  ADD COLUMN record text COLLATE "C",
  ALTER COLUMN rng_seed DROP NOT NULL,
  ALTER COLUMN recommendation DROP NOT NULL,
  ALTER COLUMN evidence DROP NOT NULL`;

/** Back to columns that are never null; what was written since cannot be read without its text, and goes. */
const COLUMNS_BEFORE = `
DELETE FROM decisions WHERE record IS NOT NULL;
ALTER TABLE decisions
  DROP COLUMN propensity,
  DROP COLUMN record,
  ALTER COLUMN rng_seed SET NOT NULL,
  ALTER COLUMN recommendation SET NOT NULL,
  ALTER COLUMN evidence SET NOT NULL`;

/** Decisions with their record as one text. */
export class DecisionRecords1764760000000 implements MigrationInterface {
  readonly name = 'DecisionRecords1764760000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(COLUMNS);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(COLUMNS_BEFORE);
  }
}
