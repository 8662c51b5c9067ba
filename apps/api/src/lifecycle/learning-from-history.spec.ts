import { afterEach, describe, expect, it } from '@jest/globals';
import { DEFAULT_LEARNING, type LearningSettings } from '@smart-retry/domain';
import { FixedClock, someFeatures, T0 } from '@smart-retry/domain/testing';
import { createSmartRetry, type SmartRetry } from '@smart-retry/engine';
import { openMemory, type MemoryStores } from '@smart-retry/storage/memory';

const JOB_TYPES = ['email_send', 'erp_sync'];
const ERROR_CODES = [undefined, '503', '504'];
const TENANTS = [undefined, 'acme', 'umbrella'];
/** The jobs' dependencies fail for a quarter of each hour. */
const isDown = (atMs: number) => atMs % 3_600_000 < 900_000;

const pick = <T>(from: readonly T[], i: number): T | undefined => from[i % from.length];

describe('a process that only reads the history', () => {
  const clock = new FixedClock();
  const running: SmartRetry[] = [];
  let word = 0;
  const startOn = async (stores: MemoryStores) => {
    const smartRetry = createSmartRetry({ stores, clock: clock.read, randomWord: () => word++ });
    running.push(smartRetry);
    await smartRetry.start();
    await warm(smartRetry);
    return smartRetry;
  };
  const warm = async ({ learning }: SmartRetry) => {
    while (!learning.isWarm) await new Promise((resolve) => setImmediate(resolve));
  };
  afterEach(async () => {
    await Promise.all(running.splice(0).map((smartRetry) => smartRetry.close()));
  });

  /** Jobs fail, ask, wait as advised, try again and report, by all the ways in which reports are linked. */
  const live = async ({ recommender, attempts }: SmartRetry, jobs: number) => {
    for (let i = 0; i < jobs; i++) {
      clock.advance(37_000);
      const jobId = `job-${i}`;
      const jobType = pick(JOB_TYPES, i) ?? '';
      const tenant = pick(TENANTS, i >> 1);
      const errorCode = pick(ERROR_CODES, i >> 2);
      const attemptNumber = 1 + (i % 5);
      const features = someFeatures({
        jobType,
        attemptNumber,
        payloadSize: 500 + 1_000_000 * (i % 2),
        ...(i % 4 === 0 && { retryAfterMs: 20_000 + i }),
        ...(tenant !== undefined && { tenant }),
        ...(errorCode !== undefined && { errorCode }),
        ...(i % 3 > 0 && { jobId }),
      });
      const { recommendation, recommendationId } = recommender.recommend(features);
      const actualDelayMs = recommendation.shouldRetry ? recommendation.delayMs : 1_000 * (i % 400);
      const timestampMs = clock.read() + actualDelayMs;
      const success = !isDown(timestampMs);
      await attempts.record([
        {
          jobId,
          jobType,
          attemptNumber: attemptNumber + 1,
          success,
          payloadSize: 500 + 1_000_000 * (i % 2),
          actualDelayMs,
          timestampMs,
          ...(tenant !== undefined && { tenant }),
          ...(i % 3 > 0 ? { recommendationId } : { errorClass: 'timeout' }),
        },
      ]);
    }
  };

  const believedBy = ({ learning }: SmartRetry) =>
    JOB_TYPES.flatMap((jobType) =>
      ERROR_CODES.flatMap((errorCode) =>
        TENANTS.flatMap((tenant) =>
          [1, 2, 3, 4].flatMap((attemptNumber) =>
            [undefined, 0, 5_000, 60_000, 600_000].flatMap((incidentAgeMs) => {
              const kind = { jobType, errorClass: 'timeout', errorCode, tenant };
              const context = { ...kind, attemptNumber, incidentAgeMs, payloadSize: 1_000 };
              const posterior = learning.memory.refresh(context, clock.read())?.posteriorFor(context);
              return [...(posterior?.means ?? []), ...(posterior?.evidence ?? [])];
            }),
          ),
        ),
      ),
    );

  const expectSame = (found: readonly number[], wanted: readonly number[]) => {
    expect(found).toHaveLength(wanted.length);
    const differences = found.map((value, i) => Math.abs(value - (wanted[i] ?? Number.NaN)));
    expect(Math.max(...differences)).toBeLessThan(1e-9);
  };

  it('believes what the process believes that learned it live, in every cell', async () => {
    const stores = openMemory();
    const first = await startOn(stores);
    await live(first, 1_500);
    const second = await startOn(stores);
    expect(second.learning.stats.outcomes).toBe(first.learning.stats.outcomes);
    const believed = believedBy(first);
    expect(new Set(believed).size).toBeGreaterThan(1_000);
    expectSame(believedBy(second), believed);
  });

  it('believes it also after a reset was taken back: everything is learned anew', async () => {
    const stores = openMemory();
    const smartRetry = await startOn(stores);
    await live(smartRetry, 400);
    const before = believedBy(smartRetry);
    const change = async (learning: LearningSettings) => {
      await smartRetry.configuration.replaceStrategy((inForce) => ({ ...inForce, learning }), { actor: 'test' });
      await warm(smartRetry);
    };
    const jobTypes = JOB_TYPES.map((jobType) => ({ jobType, ignoreBeforeMs: clock.read() + 86_400_000 }));
    await change({ ...DEFAULT_LEARNING, jobTypes });
    expect(believedBy(smartRetry)).toEqual([]);
    await change({ ...DEFAULT_LEARNING, excludedWindows: [{ fromMs: T0 - 1, toMs: T0 }] });
    expectSame(believedBy(smartRetry), before);
  });
});
