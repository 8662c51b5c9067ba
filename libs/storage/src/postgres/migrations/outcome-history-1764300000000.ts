import type { MigrationInterface, QueryRunner } from 'typeorm';

/*
 * `recorded_in` is the transaction that stored a row: compared with a snapshot, it tells whether a reader has seen the
 * row before, in whatever order transactions commit. The default is not volatile, so rows that are there already take
 * the transaction of this migration and are not rewritten. `write_id` names the call, so that a process knows its own.
 *
 * Both indexes are BRIN, which cost an insert next to nothing. Few rows of one transaction are looked for among many:
 * short ranges. A recommendation is followed by one attempt: a bloom filter for each range finds it. It is a column of its
 * own since then, and no longer part of `link`: an index on an expression of JSON made recording a tenth slower.
 */
const OUTCOME_HISTORY = `
ALTER TABLE attempts
  ADD COLUMN recorded_in bigint NOT NULL DEFAULT (pg_current_xact_id()::text::bigint),
  ADD COLUMN write_id bigint,
  ADD COLUMN recommendation_id text COLLATE "C";
CREATE INDEX attempts_recorded_in ON attempts USING brin (recorded_in) WITH (pages_per_range = 16, autosummarize = on);
CREATE INDEX attempts_recommendation ON attempts
  USING brin (recommendation_id text_bloom_ops(n_distinct_per_range = 1000, false_positive_rate = 0.001))
  WITH (pages_per_range = 32, autosummarize = on);
`;

/** Lets outcomes be read in the order recorded, and found by the recommendation that they followed. */
export class OutcomeHistory1764300000000 implements MigrationInterface {
  readonly name = 'OutcomeHistory1764300000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(OUTCOME_HISTORY);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP INDEX attempts_recorded_in, attempts_recommendation;
      ALTER TABLE attempts DROP COLUMN recorded_in, DROP COLUMN write_id, DROP COLUMN recommendation_id`);
  }
}
