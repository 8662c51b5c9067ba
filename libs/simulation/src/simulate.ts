import type { EpochMs } from '@smart-retry/domain';
import { Incidents } from '@smart-retry/engine';
import TinyQueue from 'tinyqueue';
import type { Choice, Decider } from './decider.js';
import { FirstTryCounter } from './first-try-counter.js';
import { JobCourse } from './job-course.js';
import { ReportPost } from './report-post.js';
import type { Trace } from './trace.js';
import type { Call, Job, Outcome, World } from './world.js';

/** 2026-01-12T00:00:00Z */
export const SIMULATION_EPOCH_MS: EpochMs = 1_768_176_000_000;

/** A job whose success would come later than this after its first failure is given up: by then it is worth 1.6 %. */
export const JOB_LIFETIME_MS = 3 * 3_600_000;

const MAX_DEFERS_PER_FAILURE = 100;

export interface SimulationOptions {
  /** What the world's midnight is in real time. */
  readonly epochMs?: EpochMs;
}

interface Event {
  readonly atMs: number;
  /** Breaks ties: what was scheduled first happens first. */
  readonly order: number;
  readonly happen: () => void | Promise<void>;
}

/**
 * Lets the world's jobs arrive, fail, be decided upon and be retried, in virtual time, until each has succeeded, was
 * stopped or has expired. Deterministic for a deterministic decider.
 */
export async function simulate(world: World, decider: Decider, options: SimulationOptions = {}): Promise<Trace> {
  return new Simulation(world, decider, options.epochMs ?? SIMULATION_EPOCH_MS).run();
}

class Simulation {
  readonly #world: World;
  readonly #decider: Decider;
  readonly #epochMs: EpochMs;
  readonly #queue = new TinyQueue<Event>([], (a, b) => a.atMs - b.atMs || a.order - b.order);
  readonly #failed: JobCourse[] = [];
  readonly #post: ReportPost;
  readonly #firstTries: FirstTryCounter;
  /** As the decider is told of them. */
  readonly #incidents: Incidents;
  #scheduled = 0;

  constructor(world: World, decider: Decider, epochMs: EpochMs) {
    this.#world = world;
    this.#decider = decider;
    this.#epochMs = epochMs;
    const dependencies = new Set(world.jobs.map(({ dependency }) => dependency)).size;
    this.#incidents = new Incidents({ maxDependencies: Math.max(1, dependencies) });
    this.#post = new ReportPost(world, decider, {
      schedule: (atMs, happen) => this.#schedule(atMs, happen),
      onSuccess: ({ dependency }, atMs) => this.#incidents.succeed(dependency, atMs),
    });
    this.#firstTries = new FirstTryCounter(decider, epochMs);
  }

  async run(): Promise<Trace> {
    let arrived = 0;
    for (;;) {
      const job = this.#world.jobs[arrived];
      const event = this.#queue.peek();
      if (job !== undefined && (event === undefined || job.arrivesAtMs <= event.atMs)) {
        arrived++;
        await this.#firstTries.advanceTo(job.arrivesAtMs);
        this.#tryFirst(job);
        continue;
      }
      if (event === undefined) break;
      this.#queue.pop();
      const happening = event.happen();
      // Most events are over at once; awaiting those too would double the time of a simulation.
      if (happening !== undefined) await happening;
    }
    await this.#firstTries.flush();
    const failedJobs = this.#failed
      .sort((a, b) => a.job.index - b.job.index)
      .map((course) => course.trace({ isPoison: this.#world.isPoison(course.job) }));
    return { world: this.#world, decider: this.#decider.name, failedJobs };
  }

  #schedule(atMs: number, happen: Event['happen']): void {
    this.#queue.push({ atMs, order: this.#scheduled++, happen });
  }

  #tryFirst(job: Job): void {
    const atMs = job.arrivesAtMs;
    const outcome = this.#world.attempt({ job, attemptNumber: 1, atMs });
    const endedAtMs = atMs + outcome.processingMs;
    this.#schedule(endedAtMs, () => {
      this.#firstTries.count(job, outcome);
      this.#observe({ job, attemptNumber: 1, atMs: endedAtMs }, outcome);
      if (outcome.success) return undefined;
      const course = new JobCourse(job, endedAtMs, outcome);
      this.#failed.push(course);
      return this.#ask(course, endedAtMs);
    });
  }

  #ask(course: JobCourse, nowMs: number, defers = 0): void | Promise<void> {
    course.noteIncident(this.#incidents.fail(course.job.dependency, nowMs));
    const choice = this.#decider.decide(course.failure(this.#epochMs, nowMs));
    return choice instanceof Promise
      ? choice.then((settled) => this.#follow(course, settled, nowMs, defers))
      : this.#follow(course, choice, nowMs, defers);
  }

  #follow(course: JobCourse, choice: Choice, nowMs: number, defers: number): void {
    course.noteAnswer(choice);
    if (choice.action === 'stop') return course.finish('stopped');
    const atMs = nowMs + Math.max(0, choice.delayMs);
    if (atMs - course.firstFailedAtMs > JOB_LIFETIME_MS) return course.finish('expired');
    if (choice.action === 'retry') return this.#schedule(atMs, () => this.#retry(course, choice, nowMs, atMs));
    if (defers === MAX_DEFERS_PER_FAILURE) return course.finish('expired');
    return this.#schedule(atMs, () => this.#ask(course, atMs, defers + 1));
  }

  #retry(course: JobCourse, choice: Exclude<Choice, { action: 'stop' }>, decidedAtMs: number, atMs: number): void {
    const { job, attemptNumber: failedAttempt } = course;
    const attemptNumber = failedAttempt + 1;
    const outcome = this.#world.attempt({ job, attemptNumber, atMs });
    const endedAtMs = atMs + outcome.processingMs;
    this.#schedule(endedAtMs, () => {
      this.#observe({ job, attemptNumber, atMs: endedAtMs }, outcome);
      const waitedMs = atMs - course.failedAtMs;
      course.record({ outcome, decidedAtMs, atMs, endedAtMs, shown: choice.shown });
      const sent = this.#post.send(course, { outcome, atMs, endedAtMs, waitedMs, choice }, this.#epochMs);
      if (outcome.success) return sent;
      return sent === undefined ? this.#ask(course, endedAtMs) : sent.then(() => this.#ask(course, endedAtMs));
    });
  }

  #observe({ job, attemptNumber, atMs }: Call, { success }: Outcome): void {
    this.#decider.observeCall?.({
      dependency: job.dependency,
      jobId: job.id,
      attemptNumber,
      success,
      endedAtMs: this.#epochMs + atMs,
    });
  }
}
