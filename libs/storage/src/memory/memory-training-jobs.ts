import {
  INTERRUPTED,
  MAX_OPEN_TRAINING_JOBS,
  MAX_TRAINING_RUNS,
  type EpochMs,
  type LostTrainer,
  type NewTrainingJob,
  type TrainingJob,
  type TrainingJobs,
  type TrainingOutcome,
  type TrainingRun,
} from '@smart-retry/domain';
import { tooManyTrainingJobs } from '../too-many-training-jobs.js';

const OPEN_STATES: ReadonlySet<TrainingJob['state']> = new Set(['queued', 'running']);

/** Training jobs of this process. */
export class MemoryTrainingJobs implements TrainingJobs {
  readonly #jobs = new Map<string, TrainingJob>();
  readonly #trainers = new Map<string, { readonly trainer: LostTrainer; readonly seenAtMs: EpochMs }>();

  async submit(job: NewTrainingJob): Promise<void> {
    const open = [...this.#jobs.values()].filter(({ state }) => OPEN_STATES.has(state));
    if (open.length >= MAX_OPEN_TRAINING_JOBS) throw tooManyTrainingJobs();
    this.#jobs.set(job.id, {
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
  }

  async find(id: string): Promise<TrainingJob | null> {
    return this.#jobs.get(id) ?? null;
  }

  async list({ limit, after }: Parameters<TrainingJobs['list']>[0]): Promise<readonly TrainingJob[]> {
    return [...this.#jobs.values()]
      .filter((job) => after === undefined || newestFirst(after, job) < 0)
      .sort(newestFirst)
      .slice(0, limit);
  }

  async cancel(id: string, nowMs: EpochMs): Promise<TrainingJob | null> {
    const job = this.#jobs.get(id);
    if (job !== undefined && OPEN_STATES.has(job.state)) {
      this.#jobs.set(id, { ...job, state: 'cancelled', finishedAtMs: nowMs });
    }
    return this.find(id);
  }

  async trainerSeenAtMs(): Promise<EpochMs | null> {
    const times = [...this.#trainers.values()].map(({ seenAtMs }) => seenAtMs);
    return times.length === 0 ? null : Math.max(...times);
  }

  async begin(jobId: string, trainer: string, nowMs: EpochMs): ReturnType<TrainingJobs['begin']> {
    const queued = this.#jobs.get(jobId);
    if (queued?.state !== 'queued') return null;
    const run = queued.runs + 1;
    const job: TrainingJob = { ...queued, state: 'running', runs: run, trainer, progress: 0, startedAtMs: nowMs };
    this.#jobs.set(jobId, job);
    return { job, run: { jobId, run } };
  }

  async report(run: TrainingRun, progress: number): Promise<boolean> {
    const job = this.#heldBy(run);
    if (job === undefined) return false;
    this.#jobs.set(job.id, { ...job, progress: Math.max(job.progress, progress) });
    return true;
  }

  async finish(run: TrainingRun, outcome: TrainingOutcome, nowMs: EpochMs): Promise<boolean> {
    const job = this.#heldBy(run);
    if (job === undefined) return false;
    const end: Partial<TrainingJob> =
      'version' in outcome
        ? { state: 'succeeded', progress: 1, version: outcome.version }
        : { state: 'failed', failure: outcome.failure };
    this.#jobs.set(job.id, { ...job, ...end, finishedAtMs: nowMs });
    return true;
  }

  async announce(trainer: LostTrainer, nowMs: EpochMs): Promise<void> {
    this.#trainers.set(trainer.id, { trainer, seenAtMs: nowMs });
  }

  async lostTrainers(beforeMs: EpochMs): Promise<readonly LostTrainer[]> {
    return [...this.#trainers.values()].filter(({ seenAtMs }) => seenAtMs < beforeMs).map(({ trainer }) => trainer);
  }

  async takeBack(trainers: readonly string[], nowMs: EpochMs): Promise<void> {
    for (const job of this.#jobs.values()) {
      if (job.state !== 'running' || job.trainer === null || !trainers.includes(job.trainer)) continue;
      const next: Partial<TrainingJob> =
        job.runs >= MAX_TRAINING_RUNS
          ? { state: 'failed', failure: INTERRUPTED, finishedAtMs: nowMs }
          : { state: 'queued', progress: 0 };
      this.#jobs.set(job.id, { ...job, ...next });
    }
    for (const trainer of trainers) this.#trainers.delete(trainer);
  }

  async dropBefore(beforeMs: EpochMs): Promise<void> {
    for (const { id, state, requestedAtMs } of this.#jobs.values()) {
      if (!OPEN_STATES.has(state) && requestedAtMs < beforeMs) this.#jobs.delete(id);
    }
  }

  #heldBy({ jobId, run }: TrainingRun): TrainingJob | undefined {
    const job = this.#jobs.get(jobId);
    return job?.state === 'running' && job.runs === run ? job : undefined;
  }
}

type Place = Pick<TrainingJob, 'requestedAtMs' | 'id'>;

function newestFirst(a: Place, b: Place): number {
  return b.requestedAtMs - a.requestedAtMs || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0);
}
