import { createRng } from '@smart-retry/domain';
import { drawParameters } from '../parameters.js';
import type { WorldFamily } from '../world.js';
import { JOB_TYPES, TRANSIENT_ERRORS } from './error-labels.js';
import { Outages } from './outages.js';
import { createScriptedWorld, type ScriptedDependency } from './scripted-world.js';
import { createJobs, type Stream } from './traffic.js';

const RANGES = {
  days: { tuning: [9, 13], heldOut: [7, 16] },
  startHour: { tuning: [0, 5], heldOut: [0, 22] },
  lengthMs: { tuning: [1_800_000, 5_400_000], heldOut: [1_200_000, 7_200_000], scale: 'log' },
  failuresPerNight: { tuning: [60, 100], heldOut: [40, 120] },
  /** Failures at other times for each one at night. */
  blipRatio: { tuning: [0.5, 1.5], heldOut: [0.2, 2], scale: 'log' },
} as const;

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const DEPENDENCIES = 2;

/** Each night at the same hour the dependencies are down; by day a few calls fail by themselves. */
export const NIGHTLY_MAINTENANCE: WorldFamily = {
  name: 'nightly-maintenance',
  summary: 'down each night at the same hour, blips by day',
  create(seed, split) {
    const parameters = drawParameters(RANGES, seed, split);
    const { startHour, lengthMs, failuresPerNight, blipRatio } = parameters;
    const rng = createRng([seed, split.length, 0x6e69, 0x6768]);
    const days = Math.round(parameters.days);
    const arrivalsEndAtMs = days * DAY_MS;
    const dependencies = new Map<string, ScriptedDependency>();
    const streams: Stream[] = [];
    for (let i = 0; i < DEPENDENCIES; i++) {
      const jobType = JOB_TYPES[i] ?? JOB_TYPES[0];
      const dependency = `${jobType}_api`;
      const fromMs = (startHour + i) * HOUR_MS;
      const nights = Array.from({ length: days }, (_, day): [number, number] => [
        day * DAY_MS + fromMs,
        day * DAY_MS + fromMs + lengthMs,
      ]);
      const blipShare = (blipRatio * lengthMs) / (DAY_MS - lengthMs);
      dependencies.set(dependency, {
        ...(TRANSIENT_ERRORS[i] ?? TRANSIENT_ERRORS[0]),
        outages: new Outages(nights),
        blipShare: () => blipShare,
        meanProcessingMs: 500,
      });
      streams.push({ jobType, dependency, fromMs: 0, toMs: arrivalsEndAtMs, meanGapMs: lengthMs / failuresPerNight });
    }
    const jobs = createJobs(rng, `nightly-maintenance-${split}-${seed}`, streams);
    return createScriptedWorld({
      name: NIGHTLY_MAINTENANCE.name,
      seed,
      split,
      parameters,
      jobs,
      arrivalsEndAtMs,
      dependencies,
    });
  },
};
