import { createHash } from 'node:crypto';
import type { Clock, ModelRegistry, TeachingHistory, TrainingJobs } from '@smart-retry/domain';
import { DriftMonitor, Encoder, loadModel } from '@smart-retry/ml';

/** Fewer rows than this say nothing of a distribution over ten bins. */
const MIN_ROWS = 500;
/** A share of the jobs with about so many rows is looked at. */
const MAX_ROWS = 10_000;
/** After an order nothing is ordered for drift for so long: what was new then is still a small part of what is trained on. */
const PATIENCE_MS = 6 * 3_600_000;
/** The calendar moves on without anything being different. */
const CALENDAR = /^(?:time_of_day|day_of_week)\b/;

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** The input of the serving model that is least like what it was trained on. */
export interface Drift {
  readonly version: string;
  readonly column: string;
  /** Population stability index: below 0.1 is usual, above 0.25 the population is another one. */
  readonly stability: number;
  readonly rows: number;
}

export interface DriftOptions {
  readonly models: ModelRegistry;
  readonly jobs: TrainingJobs;
  readonly teaching: TeachingHistory;
  readonly clock: Clock;
}

/**
 * Compares the retries since the last order, or since the serving model was trained, with what that model was trained on.
 * Null where no model serves, the last order is too recent, or too little has come since.
 *
 * @throws {STORE_UNAVAILABLE} @throws {MODEL_CORRUPT} @throws {MODEL_INCOMPATIBLE}
 */
export async function findDrift({ models, jobs, teaching, clock }: DriftOptions): Promise<Drift | null> {
  const [[deployment], [last]] = await Promise.all([models.deployments({ limit: 1 }), jobs.list({ limit: 1 })]);
  const version = deployment?.rollout.champion ?? deployment?.rollout.canary?.version;
  const toMs = clock();
  if (version === undefined || (last !== undefined && last.requestedAtMs > toMs - PATIENCE_MS)) return null;
  const [model, bytes] = await Promise.all([models.find(version), models.artifact(version)]);
  if (model === null || bytes === null) return null;
  const window = { fromMs: Math.max(model.trainedAtMs, last?.requestedAtMs ?? 0), toMs };
  const { retries } = await teaching.count(window);
  if (retries < MIN_ROWS) return null;
  const { artifact } = loadModel(bytes, { sha256, checksum: model.artifactSha256 });
  const encoder = new Encoder(artifact.schema);
  const monitor = new DriftMonitor(artifact.drift);
  const row = new Float64Array(encoder.width);
  await teaching.read(window, { jobShare: Math.min(1, MAX_ROWS / retries) }, (page) => {
    for (const { context, delayMs } of page) {
      encoder.encodeContext(context, row);
      encoder.encodeDelay(delayMs, row);
      monitor.observe(row);
    }
  });
  const [column, stability] = [...monitor.stability()]
    .filter(([name]) => !CALENDAR.test(name))
    .reduce((worst, next) => (next[1] > worst[1] ? next : worst), ['', 0]);
  return { version, column, stability, rows: monitor.rows };
}
