CREATE TABLE api_key_revision (
  is_only boolean NOT NULL DEFAULT true,
  revision bigint NOT NULL,
  CONSTRAINT api_key_revision_is_only_check CHECK (is_only),
  CONSTRAINT api_key_revision_pkey PRIMARY KEY (is_only)
);

CREATE TABLE api_keys (
  selector text COLLATE "C" NOT NULL,
  digest bytea NOT NULL,
  name text NOT NULL,
  scopes text[] NOT NULL,
  tenant text,
  requests_per_second integer,
  created_at_ms bigint NOT NULL,
  created_by text NOT NULL,
  expires_at_ms bigint,
  revoked_at_ms bigint,
  last_used_at_ms bigint,
  replaces text,
  CONSTRAINT api_keys_digest_check CHECK ((length(digest) = 32)),
  CONSTRAINT api_keys_pkey PRIMARY KEY (selector)
);

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
CREATE INDEX attempt_counts_window_start ON public.attempt_counts USING btree (window_start_ms);

CREATE TABLE attempt_key_generation (
  singleton boolean NOT NULL DEFAULT true,
  started_at_ms bigint NOT NULL,
  CONSTRAINT attempt_key_generation_pkey PRIMARY KEY (singleton),
  CONSTRAINT attempt_key_generation_singleton_check CHECK (singleton)
);

CREATE TABLE attempt_keys_current (
  key uuid NOT NULL,
  CONSTRAINT attempt_keys_current_pkey PRIMARY KEY (key)
);

CREATE TABLE attempt_keys_previous (
  key uuid NOT NULL,
  CONSTRAINT attempt_keys_previous_pkey PRIMARY KEY (key)
);

CREATE TABLE attempt_rollups (
  grain_ms bigint NOT NULL,
  bucket_at_ms bigint NOT NULL,
  series uuid NOT NULL,
  sample_rate double precision NOT NULL,
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
  CONSTRAINT attempt_rollups_pkey PRIMARY KEY (grain_ms, bucket_at_ms, series),
  CONSTRAINT attempt_rollups_sample_rate_check CHECK ((sample_rate > (0)::double precision))
) PARTITION BY RANGE (bucket_at_ms);

CREATE TABLE attempts (
  at_ms bigint NOT NULL,
  recorded_at_ms bigint NOT NULL,
  attempt_number bigint NOT NULL,
  sample_rate double precision NOT NULL,
  delay_ms double precision,
  success boolean NOT NULL,
  is_retry boolean NOT NULL,
  job_type text COLLATE "C" NOT NULL,
  followed_class text COLLATE "C" NOT NULL,
  queue text COLLATE "C" NOT NULL,
  tenant text COLLATE "C" NOT NULL,
  job_id text COLLATE "C" NOT NULL,
  details json NOT NULL,
  link json,
  recorded_in bigint NOT NULL DEFAULT ((pg_current_xact_id())::text)::bigint,
  write_id bigint,
  recommendation_id text COLLATE "C",
  CONSTRAINT attempts_sample_rate_check CHECK ((sample_rate > (0)::double precision))
) PARTITION BY RANGE (at_ms);
CREATE INDEX attempts_at ON public.attempts USING brin (at_ms) WITH (pages_per_range='32', autosummarize='on');
CREATE INDEX attempts_failed_job ON public.attempts USING btree (hashtextextended(job_id, (0)::bigint), at_ms) WHERE (NOT success);
CREATE INDEX attempts_recommendation ON public.attempts USING brin (recommendation_id text_bloom_ops (n_distinct_per_range='1000', false_positive_rate='0.001')) WITH (pages_per_range='32', autosummarize='on');
CREATE INDEX attempts_recorded_in ON public.attempts USING brin (recorded_in) WITH (pages_per_range='16', autosummarize='on');

CREATE TABLE canary_judgements (
  revision bigint NOT NULL,
  looked_at_ms bigint NOT NULL,
  judgement json,
  CONSTRAINT canary_judgements_pkey PRIMARY KEY (revision),
  CONSTRAINT canary_judgements_revision_fkey FOREIGN KEY (revision) REFERENCES model_deployments(revision)
);

CREATE TABLE change_ledger (
  sequence bigint NOT NULL,
  at_ms bigint NOT NULL,
  actor text NOT NULL,
  action text NOT NULL,
  target text,
  reason text,
  details json NOT NULL,
  previous_hash text NOT NULL,
  hash text NOT NULL,
  CONSTRAINT change_ledger_hash_key UNIQUE (hash),
  CONSTRAINT change_ledger_pkey PRIMARY KEY (sequence),
  CONSTRAINT change_ledger_sequence_check CHECK ((sequence > 0))
);

CREATE TABLE configuration_revisions (
  revision bigint NOT NULL,
  strategy json NOT NULL,
  changed_at_ms bigint NOT NULL,
  changed_by text NOT NULL,
  action text NOT NULL,
  target text,
  file_digest text,
  reason text,
  CONSTRAINT configuration_revisions_pkey PRIMARY KEY (revision)
);

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
  rng_seed json,
  features json NOT NULL,
  recommendation json,
  evidence json,
  propensity double precision,
  record text COLLATE "C",
  CONSTRAINT decisions_pkey PRIMARY KEY (decided_at_ms, recommendation_id)
) PARTITION BY RANGE (decided_at_ms);
CREATE INDEX decisions_job ON public.decisions USING btree (hashtextextended(job_id, (0)::bigint), decided_at_ms) WHERE (job_id IS NOT NULL);
CREATE INDEX decisions_method ON public.decisions USING btree (method, decided_at_ms);
CREATE INDEX decisions_shape ON public.decisions USING btree (hashtextextended(job_type, ((attempt_number << 32) # delay_ms)), decided_at_ms) WHERE ((job_id IS NULL) AND should_retry);
CREATE INDEX decisions_tenant ON public.decisions USING btree (tenant, decided_at_ms) WHERE (tenant <> ''::text);

CREATE TABLE kept_responses (
  key text COLLATE "C" NOT NULL,
  fingerprint text NOT NULL,
  status integer NOT NULL,
  body text NOT NULL,
  kept_at_ms bigint NOT NULL,
  CONSTRAINT kept_responses_pkey PRIMARY KEY (key)
);
CREATE INDEX kept_responses_kept_at ON public.kept_responses USING btree (kept_at_ms);

CREATE TABLE model_deployments (
  revision bigint NOT NULL,
  at_ms bigint NOT NULL,
  actor text NOT NULL,
  action text NOT NULL,
  version text COLLATE "C",
  reason text,
  champion text COLLATE "C",
  canary text COLLATE "C",
  canary_percent double precision,
  shadow text COLLATE "C",
  previous_revision bigint,
  CONSTRAINT model_deployments_canary_fkey FOREIGN KEY (canary) REFERENCES models(version),
  CONSTRAINT model_deployments_canary_percent_check CHECK (((canary_percent >= (0)::double precision) AND (canary_percent <= (100)::double precision))),
  CONSTRAINT model_deployments_champion_fkey FOREIGN KEY (champion) REFERENCES models(version),
  CONSTRAINT model_deployments_check CHECK (((canary IS NULL) = (canary_percent IS NULL))),
  CONSTRAINT model_deployments_pkey PRIMARY KEY (revision),
  CONSTRAINT model_deployments_shadow_fkey FOREIGN KEY (shadow) REFERENCES models(version),
  CONSTRAINT model_deployments_version_fkey FOREIGN KEY (version) REFERENCES models(version)
);

CREATE TABLE models (
  version text COLLATE "C" NOT NULL,
  trained_at_ms bigint NOT NULL,
  description json NOT NULL,
  artifact bytea NOT NULL,
  CONSTRAINT models_pkey PRIMARY KEY (version)
);
CREATE INDEX models_trained_at ON public.models USING btree (trained_at_ms, version);

CREATE TABLE replicas (
  id text COLLATE "C" NOT NULL,
  revision bigint NOT NULL,
  started_at_ms bigint NOT NULL,
  seen_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT replicas_pkey PRIMARY KEY (id)
);

CREATE TABLE signing_keys (
  purpose text NOT NULL,
  key bytea NOT NULL,
  CONSTRAINT signing_keys_pkey PRIMARY KEY (purpose)
);

CREATE TABLE trainers (
  id text NOT NULL,
  seen_at_ms bigint NOT NULL,
  worker_ids text[] NOT NULL,
  CONSTRAINT trainers_pkey PRIMARY KEY (id)
);

CREATE TABLE training_jobs (
  id text COLLATE "C" NOT NULL,
  requested_at_ms bigint NOT NULL,
  requested_by text NOT NULL,
  job_order json NOT NULL,
  state text NOT NULL DEFAULT 'queued'::text,
  progress double precision NOT NULL DEFAULT 0,
  runs integer NOT NULL DEFAULT 0,
  trainer text,
  started_at_ms bigint,
  finished_at_ms bigint,
  version text,
  failure json,
  CONSTRAINT training_jobs_pkey PRIMARY KEY (id)
);
CREATE INDEX training_jobs_open ON public.training_jobs USING btree (state) WHERE (state = ANY (ARRAY['queued'::text, 'running'::text]));
CREATE INDEX training_jobs_requested ON public.training_jobs USING btree (requested_at_ms, id);
