import { createHash } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import { SmartRetryError, type TaughtRetry, type TrainingFailure } from '@smart-retry/domain';
import { loadModel } from '@smart-retry/ml';
import { openPostgres } from '@smart-retry/storage/postgres';
import { evaluateModel, trainModel, type TrainingRow } from '@smart-retry/training';
import { readRows } from './read-rows.js';
import type { ThreadMessage, ThreadResult, TrainingTask } from './training-task.js';

/** Share of the work that reading is taken for. */
const READ_SHARE = 0.1;

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const tell = (message: ThreadMessage) => parentPort?.postMessage(message);

async function work(task: TrainingTask): Promise<ThreadResult> {
  const { order, objective } = task;
  const stores = openPostgres({ url: task.databaseUrl, poolSize: 1 });
  const { rows, sample } = await readRows(stores.teaching, task).finally(() => stores.close());
  tell({ kind: 'progress', share: READ_SHARE });
  const trained = await trainModel(rows.map(toTrainingRow), order, {
    nowMs: task.toMs,
    sha256,
    onProgress: (share) => tell({ kind: 'progress', share: READ_SHARE + (1 - READ_SHARE) * share }),
  });
  const model = loadModel(trained.bytes, { sha256, checksum: trained.checksum });
  const { bytes, checksum, metrics, importance, crossValidated, lineage } = trained;
  const offPolicy = evaluateModel(model, latest(rows, order.validationShare), objective);
  return { bytes, checksum, metrics, importance, crossValidated, lineage, sample, offPolicy };
}

function toTrainingRow({ jobId, context, delayMs, success, atMs, propensity }: TaughtRetry): TrainingRow {
  // Jobs of two tenants may share an id.
  const job = `${context.tenant?.length ?? 0} ${context.tenant ?? ''} ${jobId}`;
  return { jobId: job, context, delayMs, success, atMs, ...(propensity !== undefined && { propensity }) };
}

/** The rows that the model was not trained on: the last ones. */
function latest(rows: readonly TaughtRetry[], share: number): readonly TaughtRetry[] {
  const sorted = rows.toSorted((a, b) => a.atMs - b.atMs);
  return sorted.slice(Math.ceil(sorted.length * (1 - share)));
}

function toFailure(error: unknown): TrainingFailure {
  if (!(error instanceof SmartRetryError)) return { code: 'TRAINING_FAILED', message: 'training ended with a defect' };
  const { code, message, fields, counts } = error;
  return { code, message, ...(fields.length > 0 && { fields }), ...(counts !== undefined && { counts }) };
}

work(workerData as TrainingTask).then(
  (result) => tell({ kind: 'trained', result }),
  (error: unknown) =>
    tell({
      kind: 'failed',
      failure: toFailure(error),
      isDefect: !(error instanceof SmartRetryError),
      ...(error instanceof Error && error.stack !== undefined && { stack: error.stack }),
    }),
);
