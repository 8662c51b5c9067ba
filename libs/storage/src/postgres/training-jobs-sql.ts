import { MAX_OPEN_TRAINING_JOBS, MAX_TRAINING_RUNS } from '@smart-retry/domain';

const COLUMNS = `id, requested_at_ms, requested_by, job_order, state, progress, runs, trainer, started_at_ms, finished_at_ms,
  version, failure`;

export const SUBMIT_JOB = `
INSERT INTO training_jobs (id, requested_at_ms, requested_by, job_order)
SELECT $1, $2, $3, $4
WHERE (SELECT count(*) FROM training_jobs WHERE state IN ('queued', 'running')) < ${MAX_OPEN_TRAINING_JOBS}`;

/** The queue's own function; absent until the first trainer has made the queue's tables. */
export const ANNOUNCE_JOB = `SELECT graphile_worker.add_job('train', json_build_object('jobId', $1::text), job_key := $1)`;

export const FIND_JOB = `SELECT ${COLUMNS} FROM training_jobs WHERE id = $1`;

export const LIST_JOBS = `
SELECT ${COLUMNS} FROM training_jobs
WHERE $1::bigint IS NULL OR (requested_at_ms, id) < ($1, $2)
ORDER BY requested_at_ms DESC, id DESC LIMIT $3`;

export const CANCEL_JOB = `
UPDATE training_jobs SET state = 'cancelled', finished_at_ms = $2
WHERE id = $1 AND state IN ('queued', 'running')`;

export const BEGIN_JOB = `
UPDATE training_jobs SET state = 'running', runs = runs + 1, progress = 0, trainer = $2, started_at_ms = $3
WHERE id = $1 AND state = 'queued' RETURNING ${COLUMNS}`;

export const REPORT_PROGRESS = `
UPDATE training_jobs SET progress = greatest(progress, $3) WHERE id = $1 AND runs = $2 AND state = 'running'`;

export const FINISH_JOB = `
UPDATE training_jobs SET state = CASE WHEN $3::text IS NULL THEN 'failed' ELSE 'succeeded' END,
  progress = CASE WHEN $3::text IS NULL THEN progress ELSE 1 END, version = $3, failure = $4, finished_at_ms = $5
WHERE id = $1 AND runs = $2 AND state = 'running'`;

export const ANNOUNCE_TRAINER = `
INSERT INTO trainers (id, seen_at_ms, worker_ids) VALUES ($1, $3, $2)
ON CONFLICT (id) DO UPDATE SET seen_at_ms = excluded.seen_at_ms, worker_ids = excluded.worker_ids`;

export const LOST_TRAINERS = `SELECT id, worker_ids FROM trainers WHERE seen_at_ms < $1 ORDER BY id`;

/** One statement, so one transaction: a trainer is forgotten together with its hold on its jobs. */
export const TAKE_BACK = `
WITH taken AS (
  UPDATE training_jobs SET
    state = CASE WHEN runs >= ${MAX_TRAINING_RUNS} THEN 'failed' ELSE 'queued' END,
    progress = CASE WHEN runs >= ${MAX_TRAINING_RUNS} THEN progress ELSE 0 END,
    failure = CASE WHEN runs >= ${MAX_TRAINING_RUNS} THEN $3::json END,
    finished_at_ms = CASE WHEN runs >= ${MAX_TRAINING_RUNS} THEN $2::bigint END
  WHERE state = 'running' AND trainer = ANY($1::text[])
)
DELETE FROM trainers WHERE id = ANY($1::text[])`;

export const DROP_JOBS = `
DELETE FROM training_jobs WHERE requested_at_ms < $1 AND state NOT IN ('queued', 'running')`;
