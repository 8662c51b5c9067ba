import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import {
  SmartRetryError,
  type Clock,
  type ModelRegistry,
  type ModelVersion,
  type TrainingJob,
  type TrainingJobs,
  type TrainingOrder,
} from '@smart-retry/domain';
import { CLOCK, MODEL_REGISTRY, TRAINING_JOBS } from '../tokens.js';

const WAIT_MS = 30_000;
const POLL_INTERVAL_MS = 150;
/** A trainer that was not heard of for longer is not waited for. */
const TRAINER_SILENCE_MS = 60_000;
const RETRY_AFTER_MS = 5_000;

/** Orders models of whichever trainer is free, and waits for them a while. */
@Injectable()
export class TrainingOrders {
  constructor(
    @Inject(TRAINING_JOBS) private readonly jobs: TrainingJobs,
    @Inject(MODEL_REGISTRY) private readonly models: ModelRegistry,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws {TRAINER_UNAVAILABLE} when no trainer has been heard of lately */
  async requireTrainer(): Promise<void> {
    const seenAtMs = await this.jobs.trainerSeenAtMs();
    if (seenAtMs !== null && this.clock() - seenAtMs < TRAINER_SILENCE_MS) return;
    throw new SmartRetryError('TRAINER_UNAVAILABLE', 'no trainer is running', { retryAfterMs: RETRY_AFTER_MS });
  }

  /**
   * Orders a model and answers the job's id; under the same key the same job.
   * @throws {OVERLOADED} @throws {IDEMPOTENCY_KEY_REUSED} when the key came with another order
   */
  async submit(order: TrainingOrder, requestedBy: string, key: string | null): Promise<string> {
    const id = key === null ? randomUUID() : idOfKey(key);
    const known = key === null ? null : await this.jobs.find(id);
    if (known === null) await this.jobs.submit({ id, order, requestedBy, requestedAtMs: this.clock() });
    else if (JSON.stringify(known.order) !== JSON.stringify(order))
      throw new SmartRetryError('IDEMPOTENCY_KEY_REUSED', 'this key was used for another order');
    return id;
  }

  /** The job when it has ended, or as it is after half a minute. @throws {TRAINING_JOB_NOT_FOUND} */
  async wait(id: string): Promise<TrainingJob> {
    const deadlineMs = performance.now() + WAIT_MS;
    for (;;) {
      const job = await this.find(id);
      const hasEnded = job.state !== 'queued' && job.state !== 'running';
      if (hasEnded || performance.now() >= deadlineMs) return job;
      await sleep(POLL_INTERVAL_MS);
    }
  }

  /** @throws {TRAINING_JOB_NOT_FOUND} */
  async find(id: string): Promise<TrainingJob> {
    const job = await this.jobs.find(id);
    if (job === null) throw jobNotFound();
    return job;
  }

  /** The model of a job that has succeeded. @throws the error that it failed with */
  async modelOf(job: TrainingJob): Promise<ModelVersion> {
    if (job.state === 'cancelled') throw new SmartRetryError('TRAINING_CANCELLED', 'the job was cancelled meanwhile');
    const { failure } = job;
    if (failure !== null) throw new SmartRetryError(failure.code, failure.message, failure);
    const model = job.version === null ? null : await this.models.find(job.version);
    if (model === null) throw new SmartRetryError('TRAINING_FAILED', 'the model is not in the registry');
    return model;
  }

  /** @throws {TRAINING_JOB_NOT_FOUND} @throws {TRAINING_JOB_FINISHED} */
  async cancel(id: string): Promise<TrainingJob> {
    const job = await this.jobs.cancel(id, this.clock());
    if (job === null) throw jobNotFound();
    if (job.state !== 'cancelled')
      throw new SmartRetryError('TRAINING_JOB_FINISHED', `the job has ${job.state} already`);
    return job;
  }
}

function jobNotFound(): SmartRetryError {
  return new SmartRetryError('TRAINING_JOB_NOT_FOUND', 'no training job has this id');
}

function idOfKey(key: string): string {
  return `key-${createHash('sha256').update(key).digest('hex').slice(0, 32)}`;
}
