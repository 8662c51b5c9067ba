import type { MigrationInterface, QueryRunner } from 'typeorm';

/*
 * Times are milliseconds since 1970 (bigint): the vocabulary's own unit, and partition bounds stay plain numbers.
 * In dimensions '' stands for absent (the domain has no empty strings), so that rows can be compared and grouped by
 * plain equality. Collation "C" is faster and the same on every server.
 */
const CONFIGURATION = `
CREATE TABLE configuration_revisions (
  revision bigint PRIMARY KEY,
  strategy json NOT NULL,
  changed_at_ms bigint NOT NULL,
  changed_by text NOT NULL,
  action text NOT NULL,
  target text,
  file_digest text
);

CREATE TABLE signing_keys (
  purpose text PRIMARY KEY,
  key bytea NOT NULL
);

CREATE TABLE kept_responses (
  key text COLLATE "C" PRIMARY KEY,
  fingerprint text NOT NULL,
  status integer NOT NULL,
  body text NOT NULL,
  kept_at_ms bigint NOT NULL
);
CREATE INDEX kept_responses_kept_at ON kept_responses (kept_at_ms);
`;

/*
 * Idempotency does not depend on the timestamp, so its keys cannot live in partitions by day. Two generations hold
 * them instead: keys are added to the current one and looked up in both; once the current one is older than the
 * retention, the previous one is dropped whole. No row is ever deleted, so nothing bloats, at 10^9 keys either; the
 * price is that keys live up to twice the retention.
 */
const ATTEMPTS = `
CREATE TABLE attempt_keys_current (key uuid PRIMARY KEY);
CREATE TABLE attempt_keys_previous (key uuid PRIMARY KEY);
CREATE TABLE attempt_key_generation (
  singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
  started_at_ms bigint NOT NULL
);
INSERT INTO attempt_key_generation (started_at_ms) VALUES (floor(extract(epoch FROM now()) * 1000));

CREATE TABLE attempts (
  at_ms bigint NOT NULL,
  recorded_at_ms bigint NOT NULL,
  attempt_number bigint NOT NULL,
  sample_rate double precision NOT NULL CHECK (sample_rate > 0),
  delay_ms double precision,
  success boolean NOT NULL,
  is_retry boolean NOT NULL,
  job_type text COLLATE "C" NOT NULL,
  followed_class text COLLATE "C" NOT NULL,
  queue text COLLATE "C" NOT NULL,
  tenant text COLLATE "C" NOT NULL,
  job_id text COLLATE "C" NOT NULL,
  details json NOT NULL,
  link json
) PARTITION BY RANGE (at_ms);
CREATE INDEX attempts_at ON attempts USING brin (at_ms) WITH (pages_per_range = 32, autosummarize = on);
CREATE INDEX attempts_failed_job ON attempts (hashtextextended(job_id, 0), at_ms) WHERE NOT success;

CREATE TABLE attempt_rollups (
  grain_ms bigint NOT NULL,
  bucket_at_ms bigint NOT NULL,
  series uuid NOT NULL,
  sample_rate double precision NOT NULL CHECK (sample_rate > 0),
  job_type text COLLATE "C" NOT NULL,
  followed_class text COLLATE "C" NOT NULL,
  queue text COLLATE "C" NOT NULL,
  tenant text COLLATE "C" NOT NULL,
  successful_retries bigint NOT NULL,
  failed_retries bigint NOT NULL,
  first_tries_succeeded bigint NOT NULL,
  first_tries_failed bigint NOT NULL,
  delays_known bigint NOT NULL,
  delay_sum_ms double precision NOT NULL,
  last_retry_at_ms bigint,
  PRIMARY KEY (grain_ms, bucket_at_ms, series)
) PARTITION BY RANGE (bucket_at_ms);

CREATE TABLE attempt_counts (
  window_start_ms bigint NOT NULL,
  window_end_ms bigint NOT NULL,
  job_type text COLLATE "C" NOT NULL,
  dependency text COLLATE "C",
  queue text COLLATE "C" NOT NULL,
  tenant text COLLATE "C" NOT NULL,
  succeeded bigint NOT NULL,
  failed bigint NOT NULL,
  processing_time_ms double precision
);
CREATE INDEX attempt_counts_window_start ON attempt_counts (window_start_ms);
`;

/*
 * Job ids and shapes are indexed by a 64-bit hash: 16 bytes an entry, whatever the labels' length. The queries repeat
 * the expression and compare the columns themselves.
 */
const DECISIONS = `
CREATE TABLE decisions (
  decided_at_ms bigint NOT NULL,
  attempt_number bigint NOT NULL,
  delay_ms bigint NOT NULL,
  should_retry boolean NOT NULL,
  recommendation_id text COLLATE "C" NOT NULL,
  method text COLLATE "C" NOT NULL,
  job_type text COLLATE "C" NOT NULL,
  tenant text COLLATE "C" NOT NULL,
  job_id text COLLATE "C",
  rng_seed json NOT NULL,
  features json NOT NULL,
  recommendation json NOT NULL,
  evidence json NOT NULL,
  PRIMARY KEY (decided_at_ms, recommendation_id)
) PARTITION BY RANGE (decided_at_ms);
CREATE INDEX decisions_job ON decisions (hashtextextended(job_id, 0), decided_at_ms) WHERE job_id IS NOT NULL;
CREATE INDEX decisions_shape ON decisions (hashtextextended(job_type, (attempt_number << 32) # delay_ms), decided_at_ms)
  WHERE job_id IS NULL AND should_retry;
`;

/** Everything that the first version stores. */
export class InitialSchema1764000000000 implements MigrationInterface {
  readonly name = 'InitialSchema1764000000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(CONFIGURATION);
    await queryRunner.query(ATTEMPTS);
    await queryRunner.query(DECISIONS);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP TABLE decisions, attempt_counts, attempt_rollups, attempts, attempt_key_generation,
        attempt_keys_previous, attempt_keys_current, kept_responses, signing_keys, configuration_revisions`);
  }
}
