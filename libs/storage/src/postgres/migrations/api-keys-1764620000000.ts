import type { MigrationInterface, QueryRunner } from 'typeorm';

/*
 * The one row of `api_key_revision` is locked by every change until it commits: who has seen a revision has seen every
 * key up to it, which a sequence could not promise.
 */
const API_KEYS = `
CREATE TABLE api_keys (
  selector text COLLATE "C" PRIMARY KEY,
  digest bytea NOT NULL CHECK (length(digest) = 32),
  name text NOT NULL,
  scopes text[] NOT NULL,
  tenant text,
  requests_per_second integer,
  created_at_ms bigint NOT NULL,
  created_by text NOT NULL,
  expires_at_ms bigint,
  revoked_at_ms bigint,
  last_used_at_ms bigint
);
CREATE TABLE api_key_revision (
  is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
  revision bigint NOT NULL
);
INSERT INTO api_key_revision (revision) VALUES (0);
`;

/** Keys that clients present, as digests. */
export class ApiKeys1764620000000 implements MigrationInterface {
  readonly name = 'ApiKeys1764620000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(API_KEYS);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE api_keys, api_key_revision');
  }
}
