import type { MigrationInterface, QueryRunner } from 'typeorm';

/*
 * Rows of both tables are only ever added. An artifact is compressed where it is made, if that pays, and read as a whole:
 * EXTERNAL spares the server from trying again.
 */
const MODEL_REGISTRY = `
CREATE TABLE models (
  version text COLLATE "C" PRIMARY KEY,
  trained_at_ms bigint NOT NULL,
  description json NOT NULL,
  artifact bytea NOT NULL
);
ALTER TABLE models ALTER COLUMN artifact SET STORAGE EXTERNAL;
CREATE INDEX models_trained_at ON models (trained_at_ms, version);

CREATE TABLE model_deployments (
  revision bigint PRIMARY KEY,
  at_ms bigint NOT NULL,
  actor text NOT NULL,
  action text NOT NULL,
  version text COLLATE "C" REFERENCES models,
  reason text,
  champion text COLLATE "C" REFERENCES models,
  canary text COLLATE "C" REFERENCES models,
  canary_percent double precision CHECK (canary_percent BETWEEN 0 AND 100),
  shadow text COLLATE "C" REFERENCES models,
  previous_revision bigint,
  CHECK ((canary IS NULL) = (canary_percent IS NULL))
);
`;

/** Trained models, and which of them serve since when. */
export class ModelRegistry1764500000000 implements MigrationInterface {
  readonly name = 'ModelRegistry1764500000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(MODEL_REGISTRY);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE model_deployments, models');
  }
}
