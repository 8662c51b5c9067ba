import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  INTERRUPTED,
  MAX_OPEN_TRAINING_JOBS,
  MAX_TRAINING_RUNS,
  type NewTrainingJob,
  type TrainingJobs,
  type TrainingRun,
} from '@smart-retry/domain';
import { NOON_MS, unique } from './examples.js';
import type { Open, Opened } from './opened.js';

const FAILURE = { code: 'TOO_FEW_SAMPLES', message: 'too few', counts: { retries: 3, required: 200 } } as const;

export function exampleTrainingJob(job: Partial<NewTrainingJob> = {}): NewTrainingJob {
  return {
    id: unique('training'),
    order: {
      modelType: 'logistic',
      features: ['error_class', 'delay_ms'],
      trainingPeriodMs: 86_400_000,
      validationShare: 0.2,
      crossValidation: 5,
      hyperparameters: { regularization: [0.1, 1] },
      seed: 1,
    },
    requestedBy: 'operator',
    requestedAtMs: NOON_MS,
    ...job,
  };
}

export function describeTrainingJobs(name: string, open: Open<{ readonly trainingJobs: TrainingJobs }>): void {
  describe(`${name} training jobs`, () => {
    let stores: Opened<{ readonly trainingJobs: TrainingJobs }>;
    let jobs: TrainingJobs;
    beforeAll(async () => {
      stores = await open();
      jobs = stores.trainingJobs;
    });
    afterAll(() => stores.close());

    const submit = async (job: Partial<NewTrainingJob> = {}) => {
      const made = exampleTrainingJob(job);
      await jobs.submit(made);
      return made;
    };
    const begin = async (id: string, trainer = 'trainer'): Promise<TrainingRun> => {
      const begun = await jobs.begin(id, trainer, NOON_MS + 1_000);
      if (begun === null) throw new Error('it was not queued');
      return begun.run;
    };
    const succeed = async (id: string) => jobs.finish(await begin(id), { version: 'v1' }, NOON_MS + 2_000);

    it('keeps an order as it was given, and knows nothing of others', async () => {
      const job = await submit();
      expect(await jobs.find(job.id)).toEqual({
        ...job,
        state: 'queued',
        progress: 0,
        runs: 0,
        trainer: null,
        startedAtMs: null,
        finishedAtMs: null,
        version: null,
        failure: null,
      });
      expect(await jobs.find('none')).toBeNull();
      await succeed(job.id);
    });

    it('gives a queued job to one of all that ask for it', async () => {
      const { id } = await submit();
      const begun = await Promise.all(['a', 'b', 'c', 'd'].map((trainer) => jobs.begin(id, trainer, NOON_MS)));
      expect(begun.filter((run) => run !== null)).toHaveLength(1);
      expect((await jobs.find(id))?.runs).toBe(1);
      await jobs.finish({ jobId: id, run: 1 }, { version: 'v1' }, NOON_MS);
    });

    it('shows progress, which never falls, and how a run ended', async () => {
      const { id } = await submit();
      const run = await begin(id);
      expect([await jobs.report(run, 0.5), await jobs.report(run, 0.4)]).toEqual([true, true]);
      expect(await jobs.find(id)).toMatchObject({ state: 'running', progress: 0.5, startedAtMs: NOON_MS + 1_000 });
      expect(await jobs.finish(run, { version: 'v7' }, NOON_MS + 2_000)).toBe(true);
      const end = { state: 'succeeded', progress: 1, version: 'v7', failure: null, finishedAtMs: NOON_MS + 2_000 };
      expect(await jobs.find(id)).toMatchObject(end);
      expect([await jobs.report(run, 1), await jobs.finish(run, { failure: FAILURE }, 0)]).toEqual([false, false]);
      expect(await jobs.find(id)).toMatchObject(end);
    });

    it('keeps why a run failed', async () => {
      const { id } = await submit();
      await jobs.finish(await begin(id), { failure: FAILURE }, NOON_MS);
      expect(await jobs.find(id)).toMatchObject({ state: 'failed', version: null, failure: FAILURE });
    });

    it('cancels what is queued or running, and leaves what has ended as it ended', async () => {
      const [queued, running, ended] = [await submit(), await submit(), await submit()];
      const run = await begin(running.id);
      await succeed(ended.id);
      expect((await jobs.cancel(queued.id, NOON_MS))?.state).toBe('cancelled');
      expect((await jobs.cancel(running.id, NOON_MS))?.state).toBe('cancelled');
      expect((await jobs.cancel(ended.id, NOON_MS))?.state).toBe('succeeded');
      expect(await jobs.cancel('none', NOON_MS)).toBeNull();
      expect(await jobs.begin(queued.id, 'trainer', NOON_MS)).toBeNull();
      expect([await jobs.report(run, 1), await jobs.finish(run, { version: 'v' }, 0)]).toEqual([false, false]);
    });

    it('lists the newest first, page by page', async () => {
      const made: string[] = [];
      for (const requestedAtMs of [3, 1, 2, 2]) made.push((await submit({ requestedAtMs: -requestedAtMs })).id);
      const listed: string[] = [];
      let after: { requestedAtMs: number; id: string } | undefined = { requestedAtMs: 0, id: '' };
      while (after !== undefined) {
        const [job] = await jobs.list({ limit: 1, after });
        if (job !== undefined) listed.push(job.id);
        after = job;
      }
      const [third, first, second, other] = made;
      expect([listed[0], listed[3]]).toEqual([first, third]);
      expect(listed.slice(1, 3)).toEqual([second, other].sort().reverse());
      for (const id of made) await jobs.cancel(id, NOON_MS);
    });

    it('takes what a lost trainer had begun back, and does not listen to it any more', async () => {
      const { id } = await submit();
      const other = await submit();
      await jobs.announce({ id: 'lost', workerIds: ['w1', 'w2'] }, NOON_MS);
      await jobs.announce({ id: 'living', workerIds: [] }, NOON_MS);
      await jobs.announce({ id: 'living', workerIds: ['w3'] }, NOON_MS + 10_000);
      const late = await begin(id, 'lost');
      const kept = await begin(other.id, 'living');
      expect(await jobs.lostTrainers(NOON_MS + 5_000)).toEqual([{ id: 'lost', workerIds: ['w1', 'w2'] }]);
      await jobs.takeBack(['lost'], NOON_MS + 5_000);
      expect(await jobs.lostTrainers(NOON_MS + 5_000)).toEqual([]);
      expect(await jobs.find(id)).toMatchObject({ state: 'queued', progress: 0 });
      const run = await begin(id, 'living');
      expect(await jobs.finish(late, { version: 'from the dead' }, 0)).toBe(false);
      expect(await jobs.finish(run, { version: 'v8' }, NOON_MS)).toBe(true);
      expect(await jobs.report(kept, 0.1)).toBe(true);
      expect(await jobs.trainerSeenAtMs()).toBe(NOON_MS + 10_000);
      await jobs.finish(kept, { version: 'v9' }, NOON_MS);
    });

    it(`gives a job up that was begun ${MAX_TRAINING_RUNS} times in vain`, async () => {
      const { id } = await submit();
      for (let run = 1; run <= MAX_TRAINING_RUNS; run++) {
        await begin(id, 'killer');
        await jobs.takeBack(['killer'], NOON_MS);
      }
      expect(await jobs.find(id)).toMatchObject({ state: 'failed', failure: INTERRUPTED, runs: MAX_TRAINING_RUNS });
    });

    it(`refuses more than ${MAX_OPEN_TRAINING_JOBS} open jobs, and drops old ones that have ended`, async () => {
      const ids: string[] = [];
      for (let i = 0; i < MAX_OPEN_TRAINING_JOBS; i++) ids.push((await submit()).id);
      await expect(submit()).rejects.toMatchObject({ code: 'OVERLOADED' });
      await jobs.cancel(ids[0] ?? '', NOON_MS);
      await jobs.dropBefore(NOON_MS + 1);
      expect([await jobs.find(ids[0] ?? ''), (await jobs.find(ids[1] ?? ''))?.state]).toEqual([null, 'queued']);
    });
  });
}
