import {
  SmartRetryError,
  type Clock,
  type ModelRegistry,
  type Strategy,
  type TrainingJob,
  type TrainingJobs,
  type TrainingRun,
} from '@smart-retry/domain';
import type { Logger } from 'pino';
import { describeModel } from '../training/describe-model.js';
import { trainInThread, type TrainingThread } from '../training/run-in-thread.js';
import type { TrainingTask } from '../training/training-task.js';

const DAY_MS = 86_400_000;
const REPORT_INTERVAL_MS = 300;

export interface TrainJobDependencies {
  readonly trainer: string;
  readonly jobs: TrainingJobs;
  readonly models: ModelRegistry;
  readonly strategy: () => Promise<Strategy>;
  readonly databaseUrl: string;
  readonly maxRows: number;
  readonly codeVersion: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Trains what is ordered; at most once for each order, whatever the queue delivers twice. */
export class TrainJob {
  readonly #dependencies: TrainJobDependencies;
  readonly #threads = new Set<TrainingThread>();

  constructor(dependencies: TrainJobDependencies) {
    this.#dependencies = dependencies;
  }

  /** Ends when the job has: done, failed, cancelled or lost to another trainer. @throws {STORE_UNAVAILABLE} */
  async run(jobId: string): Promise<void> {
    const { jobs, trainer, clock, logger } = this.#dependencies;
    const begun = await jobs.begin(jobId, trainer, clock());
    if (begun === null) return;
    logger.info({ job: jobId, run: begun.run.run, model: begun.job.order.modelType }, 'training');
    await this.#train(begun.job, begun.run);
  }

  /** Ends every training: the jobs stay with this trainer until they are taken back. */
  stopAll(): void {
    for (const thread of this.#threads) thread.stop();
  }

  async #train(job: TrainingJob, run: TrainingRun): Promise<void> {
    const { jobs, clock, logger } = this.#dependencies;
    const thread = trainInThread(await this.#taskOf(job));
    this.#threads.add(thread);
    const stopWatching = this.#watch(run, thread);
    const outcome = await thread.outcome;
    stopWatching();
    this.#threads.delete(thread);
    if (outcome === null) {
      logger.info({ job: job.id }, 'training stopped');
    } else if ('failure' in outcome) {
      const { failure, isDefect, stack } = outcome;
      if (isDefect) logger.error({ job: job.id, stack }, failure.message);
      else logger.info({ job: job.id, code: failure.code }, failure.message);
      await jobs.finish(run, { failure }, clock());
    } else if (await jobs.report(run, 1)) {
      const model = describeModel(job, outcome.result, this.#dependencies.codeVersion);
      await this.#register(model, outcome.result.bytes);
      await jobs.finish(run, { version: model.version }, clock());
      logger.info({ job: job.id, version: model.version, rows: outcome.result.sample.rows }, 'trained');
    }
  }

  async #taskOf(job: TrainingJob): Promise<TrainingTask> {
    const { databaseUrl, maxRows, strategy } = this.#dependencies;
    const { learning, objective, dataCollection } = await strategy();
    const periodMs = Math.min(job.order.trainingPeriodMs, dataCollection.retentionDays * DAY_MS);
    // The window ends with the order, so that a second run sees what the first one saw.
    const { order, requestedAtMs: toMs } = job;
    return { databaseUrl, order, fromMs: toMs - periodMs, toMs, maxRows, learning, objective };
  }

  /** Shows the progress, and stops the thread when the job is not this run's any more. */
  #watch(run: TrainingRun, thread: TrainingThread): () => void {
    let isReporting = false;
    const timer = setInterval(() => {
      if (isReporting) return;
      isReporting = true;
      this.#dependencies.jobs
        .report(run, Math.min(0.999, thread.progress()))
        .then((isHeld) => {
          if (!isHeld) thread.stop();
        })
        .catch((error: unknown) => this.#dependencies.logger.warn({ err: error }, 'progress was not stored'))
        .finally(() => {
          isReporting = false;
        });
    }, REPORT_INTERVAL_MS);
    return () => clearInterval(timer);
  }

  /** A run that ended between registering and saying so has registered it already. */
  async #register(model: Parameters<ModelRegistry['register']>[0], bytes: Uint8Array): Promise<void> {
    try {
      await this.#dependencies.models.register(model, bytes);
    } catch (error) {
      if (!(error instanceof SmartRetryError && error.code === 'MODEL_EXISTS')) throw error;
    }
  }
}
