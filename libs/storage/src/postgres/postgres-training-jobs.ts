import {
  INTERRUPTED,
  type EpochMs,
  type LostTrainer,
  type NewTrainingJob,
  type TrainingFailure,
  type TrainingJob,
  type TrainingJobs,
  type TrainingJobState,
  type TrainingOrder,
  type TrainingOutcome,
  type TrainingRun,
} from '@smart-retry/domain';
import { tooManyTrainingJobs } from '../too-many-training-jobs.js';
import { errorCodeOf } from './classify-postgres-failure.js';
import type { Database } from './database.js';
import { toStorableJson } from './storable-json.js';
import * as SQL from './training-jobs-sql.js';

interface JobRow {
  readonly id: string;
  readonly requested_at_ms: EpochMs;
  readonly requested_by: string;
  readonly job_order: TrainingOrder;
  readonly state: TrainingJobState;
  readonly progress: number;
  readonly runs: number;
  readonly trainer: string | null;
  readonly started_at_ms: EpochMs | null;
  readonly finished_at_ms: EpochMs | null;
  readonly version: string | null;
  readonly failure: TrainingFailure | null;
}

/** Schema or function does not exist. */
const NO_QUEUE_YET = new Set(['3F000', '42883']);

/** Training jobs as rows, each change one statement. */
export class PostgresTrainingJobs implements TrainingJobs {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async submit({ id, order, requestedBy, requestedAtMs }: NewTrainingJob): Promise<void> {
    const added = await this.#change(SQL.SUBMIT_JOB, [id, requestedAtMs, requestedBy, toStorableJson(order)]);
    if (!added) throw tooManyTrainingJobs();
    // Whoever finds the job without an entry in the queue makes one: it is not lost when this process ends here.
    await this.#database.run(async () => {
      try {
        await this.#database.queryOnce({ text: SQL.ANNOUNCE_JOB, values: [id] });
      } catch (error) {
        if (!NO_QUEUE_YET.has(errorCodeOf(error))) throw error;
      }
    });
  }

  async find(id: string): Promise<TrainingJob | null> {
    const [job] = await this.#jobs(SQL.FIND_JOB, [id]);
    return job ?? null;
  }

  async list({ limit, after }: Parameters<TrainingJobs['list']>[0]): Promise<readonly TrainingJob[]> {
    return this.#jobs(SQL.LIST_JOBS, [after?.requestedAtMs, after?.id, limit]);
  }

  async cancel(id: string, nowMs: EpochMs): Promise<TrainingJob | null> {
    await this.#change(SQL.CANCEL_JOB, [id, nowMs]);
    return this.find(id);
  }

  async trainerSeenAtMs(): Promise<EpochMs | null> {
    const { rows } = await this.#database.query<{ at_ms: EpochMs | null }>({
      text: 'SELECT max(seen_at_ms) AS at_ms FROM trainers',
    });
    return rows[0]?.at_ms ?? null;
  }

  async begin(jobId: string, trainer: string, nowMs: EpochMs): ReturnType<TrainingJobs['begin']> {
    const [job] = await this.#jobs(SQL.BEGIN_JOB, [jobId, trainer, nowMs]);
    return job === undefined ? null : { job, run: { jobId, run: job.runs } };
  }

  report({ jobId, run }: TrainingRun, progress: number): Promise<boolean> {
    return this.#change(SQL.REPORT_PROGRESS, [jobId, run, progress]);
  }

  finish({ jobId, run }: TrainingRun, outcome: TrainingOutcome, nowMs: EpochMs): Promise<boolean> {
    const version = 'version' in outcome ? outcome.version : null;
    const failure = 'failure' in outcome ? toStorableJson(outcome.failure) : null;
    return this.#change(SQL.FINISH_JOB, [jobId, run, version, failure, nowMs]);
  }

  async announce({ id, workerIds }: LostTrainer, nowMs: EpochMs): Promise<void> {
    await this.#change(SQL.ANNOUNCE_TRAINER, [id, workerIds, nowMs]);
  }

  async lostTrainers(beforeMs: EpochMs): Promise<readonly LostTrainer[]> {
    const { rows } = await this.#database.query<{ id: string; worker_ids: readonly string[] }>({
      text: SQL.LOST_TRAINERS,
      values: [beforeMs],
    });
    return rows.map(({ id, worker_ids: workerIds }) => ({ id, workerIds }));
  }

  async takeBack(trainers: readonly string[], nowMs: EpochMs): Promise<void> {
    await this.#change(SQL.TAKE_BACK, [trainers, nowMs, toStorableJson(INTERRUPTED)]);
  }

  async dropBefore(beforeMs: EpochMs): Promise<void> {
    await this.#change(SQL.DROP_JOBS, [beforeMs]);
  }

  async #jobs(text: string, values: unknown[]): Promise<readonly TrainingJob[]> {
    const { rows } = await this.#database.query<JobRow & Record<string, unknown>>({ text, values });
    return rows.map(toJob);
  }

  /** Whether a row was changed. */
  async #change(text: string, values: unknown[]): Promise<boolean> {
    const { rowCount } = await this.#database.query({ text, values });
    return (rowCount ?? 0) > 0;
  }
}

function toJob(row: JobRow): TrainingJob {
  return {
    id: row.id,
    order: row.job_order,
    requestedBy: row.requested_by,
    requestedAtMs: row.requested_at_ms,
    state: row.state,
    progress: row.progress,
    runs: row.runs,
    trainer: row.trainer,
    startedAtMs: row.started_at_ms,
    finishedAtMs: row.finished_at_ms,
    version: row.version,
    failure: row.failure,
  };
}
