import { createHash, randomUUID } from 'node:crypto';
import { hasSkill } from '../../libs/ml/dist/index.js';
import { openMemory } from '../../libs/storage/dist/memory/index.js';
import { trainModel, USUAL_FEATURES } from '../../libs/training/dist/index.js';
import { describeModel } from '../../apps/trainer/dist/training/describe-model.js';
import { startEngine } from './engine.mjs';

/** New outcomes after which a model is trained anew, as `trainer.retrain_outcomes` has it. */
const OUTCOMES_PER_MODEL = 600;
const ROWS_FOR_TREES = 2_000;
/** Failures of the last minutes are counted by the clock of the machine, which stands still here. */
const FEATURES = USUAL_FEATURES.filter((name) => name !== 'recent_failures');
const ORDER = { features: FEATURES, validationShare: 0.2, crossValidation: 5, hyperparameters: {}, seed: 1 };

const sha256 = (text) => createHash('sha256').update(text).digest('hex');

/** The product in this process with a trainer beside it: models of what has been reported, each deployed if it has skill. */
export async function startEngineWithModels(name, seed) {
  const stores = openMemory({ maxRecords: 20_000 });
  const failures = new Map();
  const rows = [];
  let smartRetry;
  let trainedRows = 0;
  const engine = await startEngine(name, seed, {
    stores,
    onStarted(started) {
      smartRetry = started;
      // What was known at the failure, as the audit trail keeps it for the trainer; stores keep time of their own.
      const append = smartRetry.audit.append.bind(smartRetry.audit);
      smartRetry.audit.append = (record) => {
        failures.set(`${record.features.jobId} ${record.features.attemptNumber}`, record);
        append(record);
      };
    },
  });
  return {
    ...engine,
    async report(attempt) {
      await engine.report(attempt);
      const failed = `${attempt.jobId} ${attempt.attemptNumber - 1}`;
      const decision = failures.get(failed);
      // A second report of the same retry teaches nothing.
      if (decision === undefined) return;
      failures.delete(failed);
      const { jobId, actualDelayMs: delayMs, success, timestampMs: atMs } = attempt;
      rows.push({ jobId, context: decision.features, delayMs, success, atMs });
      if (rows.length - trainedRows < OUTCOMES_PER_MODEL) return;
      trainedRows = rows.length;
      await trainAndDeploy(rows, atMs, { stores, smartRetry });
    },
  };
}

async function trainAndDeploy(rows, nowMs, { stores, smartRetry }) {
  const order = { ...ORDER, modelType: rows.length < ROWS_FOR_TREES ? 'logistic' : 'gradient_boosting' };
  const trained = await train(rows, order, nowMs);
  if (trained === null || !hasSkill(trained.metrics)) return;
  const job = { id: randomUUID(), requestedAtMs: nowMs, requestedBy: 'new outcomes', order };
  const model = describeModel(job, trained, 'simulation');
  await stores.models.register(model, trained.bytes);
  await smartRetry.rollout.deploy({ version: model.version, percent: 100 }, { actor: 'simulation' });
}

/** Null where there is nothing to tell apart yet. */
async function train(rows, order, nowMs) {
  try {
    return await trainModel(rows, order, { nowMs, sha256 });
  } catch (error) {
    if (error.code === 'INSUFFICIENT_DATA') return null;
    throw error;
  }
}
