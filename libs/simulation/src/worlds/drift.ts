import { createRng } from '@smart-retry/domain';
import { drawParameters } from '../parameters.js';
import { uniform } from '../random.js';
import type { WorldFamily } from '../world.js';
import { JOB_TYPES, TRANSIENT_ERRORS } from './error-labels.js';
import { createOutageDependency, type OutageShape } from './outage-dependency.js';
import { Outages } from './outages.js';
import { createScriptedWorld, type ScriptedDependency } from './scripted-world.js';
import { createJobs, type Stream } from './traffic.js';

const RANGES = {
  /** Outages of the dependency with the longer ones, in each of the two phases. */
  outagesPerPhase: { tuning: [12, 16], heldOut: [10, 20] },
  failuresPerPhase: { tuning: [250, 350], heldOut: [200, 400] },
  shortMs: { tuning: [10_000, 30_000], heldOut: [5_000, 40_000], scale: 'log' },
  longMs: { tuning: [300_000, 900_000], heldOut: [200_000, 1_500_000], scale: 'log' },
  gapRatio: { tuning: [3, 6], heldOut: [2, 8], scale: 'log' },
  blipRatio: { tuning: [0.1, 0.4], heldOut: [0.05, 0.6], scale: 'log' },
  /** When the law changes, as a share of the time. */
  changeAt: { tuning: [0.38, 0.48], heldOut: [0.3, 0.5] },
} as const;

type Law = 'short' | 'long';

/** What the dependencies' outages are before the change and after it. */
const LAWS: readonly (readonly [before: Law, after: Law])[] = [
  ['short', 'long'],
  ['long', 'short'],
  ['short', 'short'],
];

/** The lengths of outages change in mid-run, for some of the dependencies, without a word. */
export const DRIFT: WorldFamily = {
  name: 'drift',
  summary: 'the lengths of outages change in mid-run',
  create(seed, split) {
    const parameters = drawParameters(RANGES, seed, split);
    const { outagesPerPhase, failuresPerPhase, longMs, shortMs, gapRatio, blipRatio, changeAt } = parameters;
    const rng = createRng([seed, split.length, 0x6472, 0x6966]);
    const arrivalsEndAtMs = 2 * outagesPerPhase * longMs * (1 + gapRatio);
    const changesAtMs = changeAt * arrivalsEndAtMs;
    const dependencies = new Map<string, ScriptedDependency>();
    const streams: Stream[] = [];
    LAWS.forEach((laws, i) => {
      const jobType = JOB_TYPES[i] ?? JOB_TYPES[0];
      const name = `${jobType}_api`;
      const label = TRANSIENT_ERRORS[i] ?? TRANSIENT_ERRORS[0];
      const phases = laws.map((law, phase) => {
        const span = phase === 0 ? { fromMs: 0, toMs: changesAtMs } : { fromMs: changesAtMs, toMs: arrivalsEndAtMs };
        const meanLengthMs = law === 'short' ? shortMs : longMs;
        const shape: OutageShape = {
          meanLengthMs,
          drawLengthMs: (draw) => meanLengthMs * uniform(draw, 0.5, 1.5),
          gapRatio,
          failuresPerOutage: (failuresPerPhase * meanLengthMs * (1 + gapRatio)) / (span.toMs - span.fromMs),
          blipRatio,
          meanProcessingMs: 500,
        };
        return createOutageDependency(rng, label, shape, span);
      });
      const [before, after] = phases;
      if (before === undefined || after === undefined) return;
      const intervals = [before, after].flatMap(({ dependency }) => dependency.outages.intervals);
      dependencies.set(name, { ...before.dependency, outages: new Outages(mergeTouching(intervals)) });
      streams.push(...phases.map(({ stream }) => ({ jobType, dependency: name, ...stream })));
    });
    return createScriptedWorld({
      name: DRIFT.name,
      seed,
      split,
      parameters,
      jobs: createJobs(rng, `drift-${split}-${seed}`, streams),
      arrivalsEndAtMs,
      dependencies,
      changesAtMs,
    });
  },
};

/** The last outage before the change may outlast the first one after it. */
function mergeTouching(intervals: readonly (readonly [number, number])[]): readonly (readonly [number, number])[] {
  const merged: [number, number][] = [];
  for (const [fromMs, toMs] of [...intervals].sort((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last !== undefined && fromMs <= last[1]) last[1] = Math.max(last[1], toMs);
    else merged.push([fromMs, toMs]);
  }
  return merged;
}
