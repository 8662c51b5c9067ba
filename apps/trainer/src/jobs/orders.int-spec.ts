import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSmartRetry } from '@smart-retry/engine';
import { openMemory } from '@smart-retry/storage/memory';
import type { PostgresStores } from '@smart-retry/storage/postgres';
import { createTestDatabase, openPatiently, type TestDatabase } from '@smart-retry/storage/testing';
import { trainModel, USUAL_FEATURES, type TrainingRow } from '@smart-retry/training';
import { createHash } from 'node:crypto';
import { once, EventEmitter } from 'node:events';
import { Client } from 'pg';
import { pino } from 'pino';
import { findDrift } from './find-drift.js';
import { openQueue } from './open-queue.js';
import { haveOutcomesCome, orderModel } from './order-model.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const nowMs = Date.now();
const clock = () => nowMs;
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

let database: TestDatabase;
let stores: PostgresStores;

beforeAll(async () => {
  database = await createTestDatabase();
  stores = openPatiently({ url: database.url });
  await stores.migrate();
}, 60_000);

afterAll(async () => {
  await stores.close();
  await database.drop();
});

const order = (requestedBy: 'schedule' | 'new outcomes' | 'drift') =>
  orderModel({ jobs: stores.trainingJobs, modelType: 'logistic', requestedBy, clock });

let reports = 0;
/** Retries that teach, from `agoMs` on, one a second. */
async function report(count: number, { agoMs, payloadSize }: { agoMs: number; payloadSize: (i: number) => number }) {
  const { attempts } = createSmartRetry({ stores: { ...openMemory(), attempts: stores.attempts }, clock });
  const records = Array.from({ length: count }, (_, i) => ({
    jobId: `job-${reports++}`,
    jobType: 'email_send',
    errorClass: 'timeout',
    attemptNumber: 2,
    success: i % 3 > 0,
    actualDelayMs: 1_000 * (1 + (i % 20)),
    payloadSize: payloadSize(i),
    timestampMs: nowMs - agoMs + 1_000 * i,
  }));
  for (let from = 0; from < count; from += 500) await attempts.record(records.slice(from, from + 500));
}

describe('a model is ordered', () => {
  it('once, while the order before it is open', async () => {
    const job = await order('schedule');
    expect(job).not.toBeNull();
    expect(await order('schedule')).toBeNull();
    expect(await stores.trainingJobs.find(job ?? '')).toMatchObject({ requestedBy: 'schedule', state: 'queued' });
    await stores.trainingJobs.cancel(job ?? '', nowMs);
  });

  it('after as many new outcomes as are asked for, counted from the last order', async () => {
    const at = (laterMs: number) => ({
      jobs: stores.trainingJobs,
      teaching: stores.teaching,
      clock: () => nowMs + laterMs,
    });
    await report(60, { agoMs: -1_000, payloadSize: () => 1 });
    expect(await haveOutcomesCome(60, at(70_000))).toBe(true);
    expect(await haveOutcomesCome(61, at(70_000))).toBe(false);
  });

  it('by the schedule, once for what was due while no trainer ran', async () => {
    const options = { databaseUrl: database.url, concurrency: 1, train: async () => undefined };
    const logger = pino({ level: 'silent' });
    const fired = new EventEmitter();
    let times = 0;
    const open = () =>
      openQueue({
        ...options,
        schedule: '* * * * *',
        onSchedule: async () => {
          times++;
          fired.emit('scheduled');
        },
        logger,
      });
    await (await open()).close();
    const client = new Client({ connectionString: database.url });
    await client.connect();
    const sql = `UPDATE graphile_worker._private_known_crontabs
      SET known_since = now() - interval '2 days', last_execution = now() - interval '1 hour'`;
    expect((await client.query(sql)).rowCount).toBe(1);
    await client.end();
    times = 0;
    const firing = once(fired, 'scheduled');
    const queue = await open();
    await firing;
    await queue.close();
    // A minute may have begun meanwhile.
    expect(times).toBeLessThanOrEqual(2);
  }, 60_000);
});

describe('drift', () => {
  const options = () => ({ models: stores.models, jobs: stores.trainingJobs, teaching: stores.teaching, clock });
  const usual = (i: number) => (i * 37) % 1_000;

  beforeAll(async () => {
    const rows = Array.from({ length: 1_000 }, (_, i): TrainingRow => ({
      jobId: `taught-${i}`,
      context: { jobType: 'email_send', errorClass: 'timeout', attemptNumber: 1, payloadSize: usual(i) },
      delayMs: 1_000 * (1 + (i % 20)),
      success: i % 3 > 0,
      atMs: nowMs - 30 * DAY_MS + i * 60_000,
    }));
    const request = { modelType: 'logistic', features: USUAL_FEATURES, crossValidation: 0 } as const;
    const { bytes, checksum, metrics } = await trainModel(rows, request, { nowMs, sha256 });
    const lineage = { seed: 1, dataHash: '', dataFromMs: 0, dataToMs: 1, trainingRows: 800, validationRows: 200 };
    await stores.models.register(
      {
        version: 'served',
        modelType: 'logistic',
        features: USUAL_FEATURES,
        trainedAtMs: nowMs - 10 * DAY_MS,
        trainedBy: 'test',
        artifactSha256: checksum,
        artifactBytes: bytes.length,
        metrics,
        importance: [],
        lineage: { ...lineage, codeVersion: '0', backend: 'none' },
        details: {},
      },
      bytes,
    );
  }, 60_000);

  const later = (ms: number) => ({ ...options(), clock: () => nowMs + ms });

  it('is none where no model serves, where an order is recent, and where little has come', async () => {
    expect(await findDrift(later(7 * HOUR_MS))).toBeNull();
    await stores.models.move({
      revision: 1,
      atMs: nowMs,
      actor: 'test',
      action: 'deployed',
      version: 'served',
      reason: null,
      rollout: { champion: 'served', canary: null, shadow: null },
      previousRevision: 0,
    });
    expect(await findDrift(options())).toBeNull();
    expect(await findDrift(later(7 * HOUR_MS))).toBeNull();
  });

  it('is small where the same comes again, whatever the hour and the day', async () => {
    await report(700, { agoMs: -HOUR_MS, payloadSize: usual });
    const drift = await findDrift(later(7 * HOUR_MS));
    expect(drift).toMatchObject({ version: 'served', rows: 760 });
    expect(drift?.stability).toBeLessThan(0.25);
  });

  it('is found in the input that is another one than in training', async () => {
    await report(1_500, { agoMs: -2 * HOUR_MS, payloadSize: () => 50_000 });
    const drift = await findDrift(later(7 * HOUR_MS));
    expect(drift).toMatchObject({ column: 'payload_size', rows: 2_260 });
    expect(drift?.stability).toBeGreaterThan(0.25);
  });
});
