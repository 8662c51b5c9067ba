import { describe, expect, it } from '@jest/globals';
import { BASELINES } from '../baselines/line-up.js';
import { retryAfter, STOP } from '../decider.js';
import { measure } from '../metrics/measure.js';
import { simulate } from '../simulate.js';
import type { Trace } from '../trace.js';
import { WORLD_FAMILIES } from './families.js';

const DECIDERS = ['none', 'rules', 'celery', 'sidekiq', 'naive-bayes', 'oracle'] as const;

const played = new Map<string, Promise<Trace>>();

function play(worldName: string, deciderName: string): Promise<Trace> {
  const key = `${worldName} ${deciderName}`;
  const trace = played.get(key) ?? playAnew(worldName, deciderName);
  played.set(key, trace);
  return trace;
}

async function playAnew(worldName: string, deciderName: string): Promise<Trace> {
  const family = WORLD_FAMILIES.find(({ name }) => name === worldName);
  const baseline = BASELINES.find(({ name }) => name === deciderName);
  if (family === undefined || baseline === undefined) throw new RangeError(`${worldName}, ${deciderName}`);
  const world = family.create(1, 'tuning');
  return simulate(world, baseline.create(world));
}

async function netUtility(worldName: string, deciderName: string): Promise<number> {
  return measure(await play(worldName, deciderName), 'second-half', await play(worldName, 'none')).netUtility;
}

describe.each(WORLD_FAMILIES.map(({ name }) => name))('%s', (worldName) => {
  it('is the same world for the same seed, another one for another seed or split', async () => {
    const [first, again] = [await play(worldName, 'rules'), await playAnew(worldName, 'rules')];
    // As text: comparing thousands of traces object by object takes longer than making them.
    expect(JSON.stringify(again.failedJobs) === JSON.stringify(first.failedJobs)).toBe(true);
    const family = WORLD_FAMILIES.find(({ name }) => name === worldName);
    expect(family?.create(2, 'tuning').parameters).not.toEqual(first.world.parameters);
    expect(family?.create(1, 'held-out').parameters).not.toEqual(first.world.parameters);
  });

  it('has enough failures to learn from, and jobs in order', async () => {
    const { failedJobs, world } = await play(worldName, 'none');
    expect(failedJobs.length).toBeGreaterThan(1_000);
    expect(failedJobs.length).toBeLessThan(6_000);
    expect(world.jobs.every((job, i) => job.arrivesAtMs >= (world.jobs[i - 1]?.arrivesAtMs ?? 0))).toBe(true);
  });

  it('is played best by the one who knows the future, and is worth nothing without retries', async () => {
    const best = await netUtility(worldName, 'oracle');
    for (const decider of DECIDERS) expect(await netUtility(worldName, decider)).toBeLessThanOrEqual(best);
    expect(await netUtility(worldName, 'none')).toBe(0);
  });
});

describe('what is known of these worlds', () => {
  it('rules give up within seconds, so they lose most of what an outage of minutes would still give', async () => {
    expect(await netUtility('long-outages', 'rules')).toBeLessThan(0.35 * (await netUtility('long-outages', 'oracle')));
    // Where calls fail on their own the same rules are nearly as good as can be.
    expect(await netUtility('blips', 'rules')).toBeGreaterThan(0.9 * (await netUtility('blips', 'oracle')));
  });

  it('the naive Bayesian reading stays as bad as the rules', async () => {
    for (const world of ['short-outages', 'long-outages']) {
      const [naive, rules, oracle] = [
        await netUtility(world, 'naive-bayes'),
        await netUtility(world, 'rules'),
        await netUtility(world, 'oracle'),
      ];
      expect((naive - rules) / (oracle - rules)).toBeLessThan(0.15);
    }
  });

  it('retries keep a slow server down: first tries fail that would succeed if nobody retried', async () => {
    const [undisturbed, retried] = [
      await play('metastable-overload', 'none'),
      await play('metastable-overload', 'bullmq'),
    ];
    expect(retried.failedJobs.length).toBeGreaterThan(1.5 * undisturbed.failedJobs.length);
    const outage = await play('long-outages', 'none');
    expect((await play('long-outages', 'bullmq')).failedJobs).toHaveLength(outage.failedJobs.length);
  });

  it('all attempts within one outage fail, whoever makes them', async () => {
    const { world, failedJobs } = await play('short-outages', 'full-jitter');
    const retries = failedJobs.flatMap(({ job, retries: all }) => all.map((retry) => ({ job, ...retry })));
    expect(retries.some(({ succeeded }) => succeeded)).toBe(true);
    for (const { job, atMs, succeeded } of retries) {
      const waitMs = world.clairvoyantDelayMs({ job, attemptNumber: 1, atMs });
      if (waitMs !== null && waitMs > 0) expect(succeeded).toBe(false);
    }
  });

  it('the true chance of a first retry is what really happens, on average', async () => {
    for (const world of ['blips', 'short-outages', 'heavy-tailed-outages', 'poison-by-payload']) {
      const family = WORLD_FAMILIES.find(({ name }) => name === world);
      if (family === undefined) throw new RangeError(world);
      let happened = 0;
      let expected = 0;
      for (const seed of [1, 2, 3, 4]) {
        const world = family.create(seed, 'tuning');
        const { failedJobs } = await simulate(world, {
          name: 'once',
          decide: ({ attemptNumber }) => (attemptNumber === 1 ? retryAfter(15_000) : STOP),
        });
        for (const { job, firstFailedAtMs, retries } of failedJobs) {
          happened += Number(retries[0]?.succeeded);
          expected += world.trueSuccess({ job, attemptNumber: 1, atMs: firstFailedAtMs }, 15_000) ?? NaN;
        }
      }
      expect(`${world} ${(happened / expected).toFixed(1)}`).toBe(`${world} 1.0`);
    }
  });
});
