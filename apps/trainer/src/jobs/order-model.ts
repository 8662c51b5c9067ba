import { randomUUID } from 'node:crypto';
import type { Clock, ModelType, TeachingHistory, TrainingJobs } from '@smart-retry/domain';
import { USUAL_FEATURES } from '@smart-retry/training';

const PERIOD_MS = 30 * 86_400_000;

export interface ModelOrderOptions {
  readonly jobs: TrainingJobs;
  readonly teaching: TeachingHistory;
  readonly modelType: ModelType;
  /** Retries that must have come since the last order; 0: none. */
  readonly newOutcomes: number;
  readonly clock: Clock;
}

/**
 * Orders a model on its own account. Answers the job, or null where enough is under way already or too little is new.
 * Of several trainers each may order in the same minute; the second one finds the first one's order open.
 */
export async function orderModel({ jobs, teaching, modelType, newOutcomes, clock }: ModelOrderOptions) {
  const nowMs = clock();
  const [last] = await jobs.list({ limit: 1 });
  if (last?.state === 'queued' || last?.state === 'running') return null;
  if (newOutcomes > 0) {
    const fromMs = last?.requestedAtMs ?? nowMs - PERIOD_MS;
    const { retries } = await teaching.count({ fromMs, toMs: nowMs });
    if (retries < newOutcomes) return null;
  }
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
  await jobs.submit({ id, order, requestedBy: 'schedule', requestedAtMs: nowMs });
  return id;
}
