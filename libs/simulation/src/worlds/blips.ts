import { createRng } from '@smart-retry/domain';
import { drawParameters } from '../parameters.js';
import { logUniform } from '../random.js';
import type { WorldFamily } from '../world.js';
import { JOB_TYPES, TRANSIENT_ERRORS } from './error-labels.js';
import { Outages } from './outages.js';
import { createScriptedWorld, type ScriptedDependency } from './scripted-world.js';
import { createJobs, type Stream } from './traffic.js';

const RANGES = {
  /** Chance that a call fails, before each dependency's own factor (½ to 2). */
  blipShare: { tuning: [0.1, 0.35], heldOut: [0.05, 0.45], scale: 'log' },
  meanProcessingMs: { tuning: [100, 1_000], heldOut: [50, 2_000], scale: 'log' },
  /** Failed first tries of each dependency. */
  failures: { tuning: [500, 700], heldOut: [400, 900] },
  hours: { tuning: [4, 12], heldOut: [2, 24], scale: 'log' },
} as const;

const MAX_BLIP_SHARE = 0.7;

/** Each call fails on its own, with a chance that is its dependency's and never changes: waiting is of no use. */
export const BLIPS: WorldFamily = {
  name: 'blips',
  summary: 'independent failures: waiting is of no use',
  create(seed, split) {
    const parameters = drawParameters(RANGES, seed, split);
    const rng = createRng([seed, split.length, 0x626c, 0x6970]);
    const arrivalsEndAtMs = parameters.hours * 3_600_000;
    const dependencies = new Map<string, ScriptedDependency>();
    const streams: Stream[] = [];
    JOB_TYPES.forEach((jobType, i) => {
      const dependency = `${jobType}_api`;
      const blipShare = Math.min(MAX_BLIP_SHARE, parameters.blipShare * logUniform(rng, 0.5, 2));
      dependencies.set(dependency, {
        ...(TRANSIENT_ERRORS[i] ?? TRANSIENT_ERRORS[0]),
        outages: new Outages([]),
        blipShare: () => blipShare,
        meanProcessingMs: parameters.meanProcessingMs,
      });
      const meanGapMs = (arrivalsEndAtMs * blipShare) / parameters.failures;
      streams.push({ jobType, dependency, fromMs: 0, toMs: arrivalsEndAtMs, meanGapMs });
    });
    return createScriptedWorld({
      name: BLIPS.name,
      seed,
      split,
      parameters,
      jobs: createJobs(rng, `blips-${split}-${seed}`, streams),
      arrivalsEndAtMs,
      dependencies,
      trueSuccess: ({ job, atMs }) => 1 - (dependencies.get(job.dependency)?.blipShare(atMs) ?? 0),
    });
  },
};
