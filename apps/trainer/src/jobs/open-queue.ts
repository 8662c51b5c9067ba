import { Logger as QueueLogger, makeWorkerUtils, run, runMigrations } from 'graphile-worker';
import pg from 'pg';
import type { Logger } from 'pino';

export interface QueueOptions {
  readonly databaseUrl: string;
  readonly concurrency: number;
  /** Five cron fields, UTC. */
  readonly schedule: string | undefined;
  readonly train: (jobId: string) => Promise<void>;
  readonly onSchedule: () => Promise<void>;
  readonly logger: Logger;
}

/** The queue in Postgres through which orders reach a trainer at once, one trainer each. */
export interface Queue {
  /** The names under which this process holds entries. */
  readonly workerIds: () => readonly string[];
  /** Makes entries for jobs that wait without one. */
  enqueueForgotten(): Promise<void>;
  /** Lets others have what these workers held. */
  release(workerIds: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

const FORGOTTEN = `
SELECT graphile_worker.add_job('train', json_build_object('jobId', id), job_key := id) FROM training_jobs
WHERE state = 'queued' AND NOT EXISTS (SELECT FROM graphile_worker.jobs WHERE key = training_jobs.id)`;
/** Whoever holds the entry of a job that waits has ended: a trainer that lives begins the job within moments. */
const RELEASE_ORPHANS = `
SELECT graphile_worker.force_unlock_workers(ARRAY(
  SELECT DISTINCT locked_by FROM graphile_worker.jobs JOIN training_jobs ON training_jobs.id = jobs.key
  WHERE state = 'queued' AND locked_at < now() - interval '2 seconds'))`;
const POLL_INTERVAL_MS = 1_000;

/** Brings the queue's own tables up to date and begins to take entries. */
export async function openQueue(options: QueueOptions): Promise<Queue> {
  const { databaseUrl, concurrency, schedule, logger } = options;
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: concurrency + 3,
    application_name: 'smart-retry-trainer',
  });
  // A connection that breaks while idle has left the pool already.
  pool.on('error', (error) => logger.warn({ err: error }, 'the database went away'));
  // One that breaks in use fails its statement; without a listener it would end the process as well.
  pool.on('connect', (client) => client.on('error', () => undefined));
  const queueLogger = new QueueLogger(() => (level, message) => {
    if (String(level) === 'error') logger.error(message);
    else logger.debug(message);
  });
  await runMigrations({ pgPool: pool, logger: queueLogger });
  const utils = await makeWorkerUtils({ pgPool: pool, logger: queueLogger });
  const runner = await run({
    pgPool: pool,
    concurrency,
    noHandleSignals: true,
    pollInterval: POLL_INTERVAL_MS,
    logger: queueLogger,
    taskList: {
      train: async (payload) => options.train(jobIdOf(payload)),
      scheduled: async () => options.onSchedule(),
    },
    // What was due while no trainer ran is made up for: once, however often it was due.
    ...(schedule !== undefined && { crontab: `${schedule} scheduled ?fill=1d&jobKey=scheduled` }),
  });
  // Entries are held in the name of the pool, not of the one worker in it.
  const workerIds = new Set<string>();
  runner.events.on('worker:getJob:start', ({ worker }) => workerIds.add(worker.workerPool.id));
  return {
    workerIds: () => [...workerIds],
    enqueueForgotten: async () => {
      await pool.query(RELEASE_ORPHANS);
      await pool.query(FORGOTTEN);
    },
    release: async (ids) => {
      if (ids.length > 0) await utils.forceUnlockWorkers([...ids]);
    },
    close: async () => {
      await runner.stop().catch((error: unknown) => logger.warn({ err: error }, 'the queue did not stop cleanly'));
      await utils.release();
      await pool.end();
    },
  };
}

function jobIdOf(payload: unknown): string {
  if (typeof payload === 'object' && payload !== null && 'jobId' in payload && typeof payload.jobId === 'string')
    return payload.jobId;
  throw new TypeError('an entry without a job');
}
