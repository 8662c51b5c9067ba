import { createRng, type Rng } from '@smart-retry/domain';
import { drawParameters, type ParameterRange, type Split } from '../parameters.js';
import { logUniform, pareto, uniform } from '../random.js';
import type { ClientHabits, World, WorldFamily } from '../world.js';
import { JOB_TYPES, TRANSIENT_ERRORS } from './error-labels.js';
import { createOutageDependency, type OutageDependency, type OutageShape } from './outage-dependency.js';
import { createScriptedWorld } from './scripted-world.js';
import { createJobs } from './traffic.js';

const SHARED_RANGES = {
  outages: { tuning: [18, 26], heldOut: [14, 30] },
  gapRatio: { tuning: [3, 8], heldOut: [2, 12], scale: 'log' },
  failuresPerOutage: { tuning: [20, 40], heldOut: [15, 45], scale: 'log' },
  blipRatio: { tuning: [0.1, 0.5], heldOut: [0.03, 0.8], scale: 'log' },
  meanProcessingMs: { tuning: [100, 2_000], heldOut: [50, 4_000], scale: 'log' },
} as const satisfies Record<string, ParameterRange>;

const SHORT_RANGES = {
  ...SHARED_RANGES,
  shortestMs: { tuning: [8_000, 14_000], heldOut: [4_000, 20_000], scale: 'log' },
  longestMs: { tuning: [45_000, 70_000], heldOut: [30_000, 110_000], scale: 'log' },
} as const;

const LONG_RANGES = {
  ...SHARED_RANGES,
  shortestMs: { tuning: [240_000, 420_000], heldOut: [150_000, 540_000], scale: 'log' },
  longestMs: { tuning: [1_500_000, 2_000_000], heldOut: [1_200_000, 3_000_000], scale: 'log' },
} as const;

const HEAVY_RANGES = {
  ...SHARED_RANGES,
  shortestMs: { tuning: [4_000, 12_000], heldOut: [2_000, 20_000], scale: 'log' },
  tailIndex: { tuning: [1.1, 1.6], heldOut: [0.9, 1.9] },
} as const;

const BROKEN_CLIENT_RANGES = {
  ...SHORT_RANGES,
  lostReportShare: { tuning: [0.15, 0.35], heldOut: [0.1, 0.5] },
  duplicatedReportShare: { tuning: [0.15, 0.35], heldOut: [0.1, 0.5] },
  forgottenIdShare: { tuning: [0.2, 0.5], heldOut: [0, 1] },
  maxReportLagMs: { tuning: [10_000, 60_000], heldOut: [5_000, 300_000], scale: 'log' },
} as const;

const LONGEST_HEAVY_MS = 7_200_000;
/** Enough draws to know the mean of a law whose tail is cut. */
const MEAN_DRAWS = 20_000;

/** How far each dependency's outages are from the world's, as a factor. */
const SPREAD = [0.6, 1.7] as const;

function describeFamily(name: string, summary: string, draw: (seed: number, split: Split) => DrawnFamily): WorldFamily {
  return { name, summary, create: (seed, split) => createOutageWorld(name, seed, split, draw(seed, split)) };
}

interface DrawnFamily {
  readonly parameters: Readonly<Record<keyof typeof SHARED_RANGES, number>>;
  /** The lengths of one dependency's outages; `factor` is its own. */
  readonly lengths: (factor: number) => Pick<OutageShape, 'meanLengthMs' | 'drawLengthMs'>;
  readonly client?: ClientHabits;
}

function createOutageWorld(name: string, seed: number, split: Split, drawn: DrawnFamily): World {
  const { parameters, lengths, client } = drawn;
  // Without the name: `broken-client` has the very outages of `short-outages`, and differs by its reports alone.
  const rng = createRng([seed, split.length, 0x6f75, 0x7461]);
  const shapes = JOB_TYPES.map((): OutageShape => ({ ...parameters, ...lengths(logUniform(rng, ...SPREAD)) }));
  const longestCycleMs = Math.max(...shapes.map(({ meanLengthMs, gapRatio }) => meanLengthMs * (1 + gapRatio)));
  const arrivalsEndAtMs = parameters.outages * longestCycleMs;
  const made = new Map(
    shapes.map((shape, i): [string, OutageDependency & { readonly jobType: string }] => {
      const jobType = JOB_TYPES[i] ?? JOB_TYPES[0];
      // Those with shorter outages have more of them in the same time, with fewer failures in each.
      const failuresPerOutage =
        (parameters.failuresPerOutage * shape.meanLengthMs * (1 + shape.gapRatio)) / longestCycleMs;
      const label = TRANSIENT_ERRORS[i] ?? TRANSIENT_ERRORS[0];
      const span = { fromMs: 0, toMs: arrivalsEndAtMs };
      return [
        `${jobType}_api`,
        { jobType, ...createOutageDependency(rng, label, { ...shape, failuresPerOutage }, span) },
      ];
    }),
  );
  const streams = [...made].map(([dependency, { jobType, stream }]) => ({ jobType, dependency, ...stream }));
  return createScriptedWorld({
    name,
    seed,
    split,
    parameters,
    jobs: createJobs(rng, `${name}-${split}-${seed}`, streams),
    arrivalsEndAtMs,
    dependencies: new Map([...made].map(([dependency, { dependency: scripted }]) => [dependency, scripted])),
    ...(client && { client }),
    trueSuccess: (failure, delayMs) => made.get(failure.job.dependency)?.trueSuccess(failure, delayMs) ?? null,
  });
}

function uniformLengths(shortestMs: number, longestMs: number): DrawnFamily['lengths'] {
  return (factor) => ({
    meanLengthMs: (factor * (shortestMs + longestMs)) / 2,
    drawLengthMs: (rng) => factor * uniform(rng, shortestMs, longestMs),
  });
}

function paretoLengths(shortestMs: number, tailIndex: number): DrawnFamily['lengths'] {
  return (factor) => {
    const drawLengthMs = (rng: Rng) => pareto(rng, factor * shortestMs, tailIndex, LONGEST_HEAVY_MS);
    const rng = createRng([1, 2, 3, 4]);
    let sumMs = 0;
    for (let i = 0; i < MEAN_DRAWS; i++) sumMs += drawLengthMs(rng);
    return { meanLengthMs: sumMs / MEAN_DRAWS, drawLengthMs };
  };
}

export const SHORT_OUTAGES = describeFamily('short-outages', 'outages of 10 to 60 seconds', (seed, split) => {
  const parameters = drawParameters(SHORT_RANGES, seed, split);
  return { parameters, lengths: uniformLengths(parameters.shortestMs, parameters.longestMs) };
});

export const LONG_OUTAGES = describeFamily('long-outages', 'outages of 5 to 30 minutes', (seed, split) => {
  const parameters = drawParameters(LONG_RANGES, seed, split);
  return { parameters, lengths: uniformLengths(parameters.shortestMs, parameters.longestMs) };
});

export const HEAVY_TAILED_OUTAGES = describeFamily(
  'heavy-tailed-outages',
  'mostly short outages, some very long ones (Pareto)',
  (seed, split) => {
    const parameters = drawParameters(HEAVY_RANGES, seed, split);
    return { parameters, lengths: paretoLengths(parameters.shortestMs, parameters.tailIndex) };
  },
);

export const BROKEN_CLIENT = describeFamily(
  'broken-client',
  'short outages; reports get lost, doubled, late, without their id',
  (seed, split) => {
    const parameters = drawParameters(BROKEN_CLIENT_RANGES, seed, split);
    const lengths = uniformLengths(parameters.shortestMs, parameters.longestMs);
    return { parameters, lengths, client: parameters };
  },
);
