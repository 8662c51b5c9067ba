import type { MigrationInterface, QueryRunner } from 'typeorm';

/*
 * A running job belongs to its newest run alone: `runs` is the fence that keeps a trainer which was taken for dead, and
 * was not, from having a say. Trainers are known as long as they say that they live.
 */
const TRAINING_JOBS = `
CREATE TABLE training_jobs (
  id text COLLATE "C" PRIMARY KEY,
  requested_at_ms bigint NOT NULL,
  requested_by text NOT NULL,
  job_order json NOT NULL,
  state text NOT NULL DEFAULT 'queued',
  progress double precision NOT NULL DEFAULT 0,
  runs integer NOT NULL DEFAULT 0,
  trainer text,
  started_at_ms bigint,
  finished_at_ms bigint,
  version text,
  failure json
);
CREATE INDEX training_jobs_requested ON training_jobs (requested_at_ms, id);
CREATE INDEX training_jobs_open ON training_jobs (state) WHERE state IN ('queued', 'running');

CREATE TABLE trainers (
  id text PRIMARY KEY,
  seen_at_ms bigint NOT NULL,
  worker_ids text[] NOT NULL
);
`;

/** Jobs that train models, and who works on them. */
export class TrainingJobs1764700000000 implements MigrationInterface {
  readonly name = 'TrainingJobs1764700000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(TRAINING_JOBS);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE trainers, training_jobs');
  }
}
