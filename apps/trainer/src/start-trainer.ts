import { randomUUID } from 'node:crypto';
import { DEFAULT_STRATEGY, SmartRetryError, type Clock } from '@smart-retry/domain';
import { completeStrategy, repeat } from '@smart-retry/engine';
import type { Logger } from 'pino';
import type { TrainerConfig } from './config.js';
import { findDrift } from './jobs/find-drift.js';
import { judgeServedCanary } from './jobs/judge-served-canary.js';
import { keepLease } from './jobs/keep-lease.js';
import { openQueue } from './jobs/open-queue.js';
import { haveOutcomesCome, orderModel, type ModelOrderOptions } from './jobs/order-model.js';
import { TrainJob } from './jobs/train-job.js';
import { openDatabase } from './lifecycle/open-database.js';
import { giveSignOfLife } from './lifecycle/sign-of-life.js';
import { untilAvailable } from './lifecycle/until-available.js';
import { VERSION } from './lifecycle/version.js';

const HEARTBEATS_PER_LEASE = 5;
const ORDER_INTERVAL_MS = 60_000;

export interface Trainer {
  /** Gives back what it has begun, and lets go of the database. */
  close(): Promise<void>;
}

/** Takes orders, keeps its lease, and orders by itself what the configuration asks for. */
export async function startTrainer(
  config: TrainerConfig,
  { logger, clock, signal }: { readonly logger: Logger; readonly clock: Clock; readonly signal: AbortSignal },
): Promise<Trainer> {
  const database = await openDatabase(config, logger, signal);
  const { url, stores } = database;
  const trainer = randomUUID();
  const jobs = stores.trainingJobs;
  const strategy = async () => {
    const stored = await stores.configuration.load();
    return stored === null ? DEFAULT_STRATEGY : completeStrategy(stored.strategy);
  };
  const trainJob = new TrainJob({
    trainer,
    jobs,
    models: stores.models,
    strategy,
    databaseUrl: url,
    maxRows: config.trainerMaxRows,
    codeVersion: VERSION,
    clock,
    logger,
  });
  const order = async (requestedBy: ModelOrderOptions['requestedBy']) => {
    const job = await orderModel({ jobs, modelType: config.trainerScheduledModel, requestedBy, clock });
    if (job !== null) logger.info({ job, requestedBy }, 'a model is ordered');
  };
  const orderWhatIsDue = async () => {
    const { teaching, models } = stores;
    const { trainerRetrainOutcomes: outcomes, trainerRetrainDrift: limit } = config;
    if (outcomes > 0 && (await haveOutcomesCome(outcomes, { jobs, teaching, clock }))) await order('new outcomes');
    const drift = limit > 0 ? await findDrift({ models, jobs, teaching, clock }) : null;
    if (drift === null || drift.stability <= limit) return;
    logger.info(drift, 'what comes is not what the serving model was trained on');
    await order('drift');
  };
  const queue = await openQueue({
    databaseUrl: url,
    concurrency: config.trainerConcurrency,
    schedule: config.trainerSchedule,
    train: (jobId) => trainJob.run(jobId),
    onSchedule: () => order('schedule'),
    logger,
  });
  const lease = { trainer, jobs, queue, leaseMs: config.trainerLeaseMs, clock };
  const onError = (error: unknown) => {
    const isAway = error instanceof SmartRetryError && error.kind === 'unavailable';
    logger.warn(isAway ? { code: error.code } : { err: error }, 'background work failed, and is tried again');
  };
  const beat = async () => {
    await keepLease(lease);
    // For whoever watches the container; without a folder to write to there is none, and training goes on.
    await giveSignOfLife(config.dataDir).catch(onError);
  };
  await untilAvailable(beat, { logger, signal });
  const judge = async () => {
    const judgement = await judgeServedCanary({
      models: stores.models,
      trials: stores.trials,
      judgements: stores.judgements,
      objective: async () => (await strategy()).objective,
      intervalMs: config.trainerJudgeIntervalMs,
      lagMs: config.trainerJudgeLagMs,
      clock,
    });
    if (judgement?.verdict === 'worse') logger.warn(judgement, 'the canary is worse, and is taken back');
  };
  const stops = [
    repeat(judge, { intervalMs: config.trainerJudgeIntervalMs, onError }),
    repeat(beat, { intervalMs: config.trainerLeaseMs / HEARTBEATS_PER_LEASE, onError }),
    repeat(orderWhatIsDue, { intervalMs: ORDER_INTERVAL_MS, onError }),
  ];
  logger.info({ trainer, concurrency: config.trainerConcurrency }, 'the trainer is ready');
  return {
    close: async () => {
      for (const stop of stops) stop();
      trainJob.stopAll();
      await queue.close();
      await jobs.takeBack([trainer], clock()).catch(onError);
      await database.close();
      logger.info('the trainer has stopped');
    },
  };
}
