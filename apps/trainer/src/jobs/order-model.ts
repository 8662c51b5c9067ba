import { randomUUID } from 'node:crypto';
import type { Clock, ModelType, TeachingHistory, TrainingJobs } from '@smart-retry/domain';
import { USUAL_FEATURES } from '@smart-retry/training';

const PERIOD_MS = 30 * 86_400_000;

export interface ModelOrderOptions {
  readonly jobs: TrainingJobs;
  readonly modelType: ModelType;
  /** Why: shown as who asked for the job. */
  readonly requestedBy: 'schedule' | 'new outcomes' | 'drift';
  readonly clock: Clock;
}

/**
 * Orders a model on its own account. Answers the job, or null where enough is under way already. Of several trainers each
 * may order in the same minute; the second one finds the first one's order open.
 */
export async function orderModel({ jobs, modelType, requestedBy, clock }: ModelOrderOptions): Promise<string | null> {
  const [last] = await jobs.list({ limit: 1 });
  if (last?.state === 'queued' || last?.state === 'running') return null;
  const id = randomUUID();
  const order = {
    modelType,
    features: USUAL_FEATURES,
    trainingPeriodMs: PERIOD_MS,
    validationShare: 0.2,
    crossValidation: 5,
    hyperparameters: {},
    seed: 1,
  };
  await jobs.submit({ id, order, requestedBy, requestedAtMs: clock() });
  return id;
}

/** Whether that many retries that teach have come since the last order, whoever gave it. */
export async function haveOutcomesCome(
  newOutcomes: number,
  { jobs, teaching, clock }: Pick<ModelOrderOptions, 'jobs' | 'clock'> & { readonly teaching: TeachingHistory },
): Promise<boolean> {
  const nowMs = clock();
  const [last] = await jobs.list({ limit: 1 });
  const { retries } = await teaching.count({ fromMs: last?.requestedAtMs ?? nowMs - PERIOD_MS, toMs: nowMs });
  return retries >= newOutcomes;
}
