import { describe, expect, it } from '@jest/globals';
import type { Choice } from '../decider.js';
import { measure } from '../metrics/measure.js';
import { simulate } from '../simulate.js';
import { someJob, someWorld } from '../testing/some-world.js';
import type { Trace } from '../trace.js';
import type { World } from '../world.js';
import { WORLD_FAMILIES } from '../worlds/families.js';
import { createGuardedOracle } from './guarded-oracle.js';
import { createNone } from './none.js';
import { createOracle } from './oracle.js';

const MINUTE_MS = 60_000;
/** Attempts take 10 ms in such a world. */
const JOB = someJob(0, 0);

/** Everything fails until `upAtMs`, and nothing afterwards. */
function worldThatIsUpAt(upAtMs: number): World {
  const failed = { success: false, processingMs: 10, errorClass: 'timeout', errorCode: 'ETIMEDOUT' } as const;
  return someWorld([JOB], {
    attempt: ({ atMs }) => (atMs < upAtMs ? failed : { success: true, processingMs: 10 }),
    clairvoyantDelayMs: ({ atMs }) => Math.max(0, upAtMs - atMs),
  });
}

async function courseUntil(upAtMs: number) {
  const world = worldThatIsUpAt(upAtMs);
  const { failedJobs } = await simulate(world, createGuardedOracle(world));
  return failedJobs[0] ?? { retries: [], end: 'none' };
}

describe('the oracle within guardrails', () => {
  it('waits as long as it is allowed to until the moment has come, and what is left at last', async () => {
    const { retries, end } = await courseUntil(12 * MINUTE_MS);
    expect(end).toBe('succeeded');
    expect(retries.map(({ decidedAtMs, atMs }) => Math.round((atMs - decidedAtMs) / MINUTE_MS))).toEqual([5, 5, 2]);
    expect(retries.at(-1)?.atMs).toBeLessThan(12 * MINUTE_MS + 10);
  });

  it('reaches what nine waits lead to, and does not begin what they do not', async () => {
    const [reached, tooFar] = [await courseUntil(45 * MINUTE_MS), await courseUntil(45.1 * MINUTE_MS)];
    expect([reached.end, reached.retries.length]).toEqual(['succeeded', 9]);
    expect([tooFar.end, tooFar.retries.length]).toEqual(['stopped', 0]);
  });

  it('stops where no retry is ever worth it, and asks for no second place while it waits for one', async () => {
    let asked = 0;
    const placed = (delayMs: number | null) => someWorld([JOB], { clairvoyantDelayMs: () => (asked++, delayMs) });
    const decide = async (world: World, failures: readonly number[]) => {
      const oracle = createGuardedOracle(world, 0);
      const choices: Choice[] = [];
      for (const [i, failedAtMs] of failures.entries()) {
        choices.push(
          await oracle.decide({
            ...{ jobId: JOB.id, jobType: JOB.jobType, dependency: JOB.dependency, errorClass: 'timeout' },
            ...{ attemptNumber: i + 1, failedAtMs, firstFailedAtMs: 0 },
          }),
        );
      }
      return choices.map((choice) => (choice.action === 'stop' ? null : choice.delayMs));
    };
    expect(await decide(placed(null), [0])).toEqual([null]);
    asked = 0;
    const delaysMs = await decide(placed(7 * MINUTE_MS), [0, 5 * MINUTE_MS, 7 * MINUTE_MS + 1]);
    expect(delaysMs).toEqual([5 * MINUTE_MS, 2 * MINUTE_MS + 1, 5 * MINUTE_MS]);
    expect(asked).toBe(2);
  });

  it('loses something in nights of maintenance, and keeps most', async () => {
    const loss = await lossOfGuardrails('nightly-maintenance');
    expect(loss).toBeGreaterThan(0.01);
    expect(loss).toBeLessThan(0.1);
  });
});

async function lossOfGuardrails(worldName: string): Promise<number> {
  const create = () => {
    const family = WORLD_FAMILIES.find(({ name }) => name === worldName);
    if (family === undefined) throw new RangeError(worldName);
    return family.create(1, 'tuning');
  };
  const undisturbed = await simulate(create(), createNone());
  const utility = (trace: Trace) => measure(trace, 'second-half', undisturbed).netUtility;
  const [free, guarded] = [create(), create()];
  return (
    utility(await simulate(free, createOracle(free))) - utility(await simulate(guarded, createGuardedOracle(guarded)))
  );
}
