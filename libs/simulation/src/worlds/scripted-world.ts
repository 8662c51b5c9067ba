import type { Split } from '../parameters.js';
import { coin } from '../random.js';
import { FAITHFUL_CLIENT, type ClientHabits, type ErrorLabel, type Job, type World } from '../world.js';
import type { Outages } from './outages.js';

/** A downstream whose course is settled beforehand: calls do not load it. */
export interface ScriptedDependency extends ErrorLabel {
  readonly outages: Outages;
  /** Chance that a call fails while the dependency is up, each on its own. */
  blipShare(atMs: number): number;
  /** Milliseconds that a call takes on average. */
  readonly meanProcessingMs: number;
}

export interface ScriptedWorldSettings {
  readonly name: string;
  readonly seed: number;
  readonly split: Split;
  readonly parameters: Readonly<Record<string, number>>;
  readonly jobs: readonly Job[];
  readonly arrivalsEndAtMs: number;
  readonly dependencies: ReadonlyMap<string, ScriptedDependency>;
  readonly client?: ClientHabits;
  readonly changesAtMs?: number;
  /** The error with which each of the job's attempts fails; null for a sound job. */
  readonly poison?: (job: Job) => ErrorLabel | null;
  readonly trueSuccess?: World['trueSuccess'];
}

const PURPOSE = { blip: 0x626c, processing: 0x7072 };

/** A world that goes its way whatever is decided, so that every decider meets the same failures. */
export function createScriptedWorld(settings: ScriptedWorldSettings): World {
  const { name, seed, split, parameters, jobs, arrivalsEndAtMs, dependencies } = settings;
  const poison = settings.poison ?? (() => null);
  const dependencyOf = (job: Job) => {
    const dependency = dependencies.get(job.dependency);
    if (dependency === undefined) throw new RangeError(`${name} has no dependency ${job.dependency}`);
    return dependency;
  };
  return {
    name,
    seed,
    split,
    parameters,
    jobs,
    arrivalsEndAtMs,
    recoveriesMs: [...dependencies.values()].flatMap(({ outages }) => outages.ends).sort((a, b) => a - b),
    ...(settings.changesAtMs !== undefined && { changesAtMs: settings.changesAtMs }),
    client: settings.client ?? FAITHFUL_CLIENT,
    isPoison: (job) => poison(job) !== null,
    attempt({ job, attemptNumber, atMs }) {
      const dependency = dependencyOf(job);
      const luck = coin(seed, PURPOSE.processing, job.index, attemptNumber);
      const processingMs = Math.round(dependency.meanProcessingMs * (0.5 + luck));
      const poisoned = poison(job);
      if (poisoned !== null) return { success: false, processingMs, ...poisoned };
      const { errorClass, errorCode } = dependency;
      const isDown = dependency.outages.at(atMs) !== null;
      const fails = isDown || coin(seed, PURPOSE.blip, job.index, attemptNumber) < dependency.blipShare(atMs);
      return fails ? { success: false, processingMs, errorClass, errorCode } : { success: true, processingMs };
    },
    clairvoyantDelayMs({ job, atMs }) {
      if (poison(job) !== null) return null;
      const outage = dependencyOf(job).outages.at(atMs);
      return outage === null ? 0 : outage.toMs - atMs;
    },
    trueSuccess: settings.trueSuccess ?? (() => null),
  };
}
