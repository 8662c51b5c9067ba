import { createRng } from '@smart-retry/domain';
import { drawParameters, type Split } from '../parameters.js';
import { uniform } from '../random.js';
import { FAITHFUL_CLIENT, type Job, type Outcome, type World, type WorldFamily } from '../world.js';
import { LoadedServer, type LoadedServerSettings } from './loaded-server.js';
import { Outages } from './outages.js';
import { SpareCapacity } from './spare-capacity.js';
import { createJobs, type Stream } from './traffic.js';

const METASTABLE_RANGES = {
  /** What first tries alone need of the server. */
  utilisation: { tuning: [0.6, 0.8], heldOut: [0.5, 0.85] },
  failures: { tuning: [1_000, 1_500], heldOut: [800, 1_800] },
  slowdowns: { tuning: [8, 11], heldOut: [7, 13] },
  slowdownMs: { tuning: [40_000, 120_000], heldOut: [30_000, 180_000], scale: 'log' },
  /** Time between slowdowns, in slowdown lengths. */
  gapRatio: { tuning: [5, 8], heldOut: [4, 10] },
  slowSpeed: { tuning: [0.1, 0.3], heldOut: [0.05, 0.4] },
  timeoutMs: { tuning: [2_000, 5_000], heldOut: [1_000, 8_000], scale: 'log' },
  /** Longest queue, in timeouts. */
  backlogTimeouts: { tuning: [3, 6], heldOut: [2, 8] },
  rejectionWork: { tuning: [0.05, 0.2], heldOut: [0.02, 0.3] },
  /** Traffic between the peaks in which the slowdowns come, of that at a peak: where a server that is kept down recovers. */
  troughShare: { tuning: [0.15, 0.3], heldOut: [0.1, 0.4] },
} as const;

const HERD_RANGES = {
  utilisation: { tuning: [0.4, 0.6], heldOut: [0.3, 0.7] },
  failures: { tuning: [3_000, 4_000], heldOut: [2_500, 5_000] },
  slowdowns: { tuning: [6, 9], heldOut: [5, 10] },
  slowdownMs: { tuning: [240_000, 480_000], heldOut: [180_000, 720_000], scale: 'log' },
  gapRatio: { tuning: [4, 6], heldOut: [3, 8] },
  timeoutMs: { tuning: [3_000, 6_000], heldOut: [2_000, 8_000], scale: 'log' },
  backlogTimeouts: { tuning: [0.3, 0.8], heldOut: [0.2, 0.9] },
  rejectionWork: { tuning: [0.1, 0.3], heldOut: [0.05, 0.4] },
} as const;

type Parameters = Readonly<Record<keyof typeof METASTABLE_RANGES, number>>;

const JOB_TYPE = 'order_sync';
const DEPENDENCY = 'order_api';
const SERVED_MS = 50;
/** How long traffic peaks before and after a slowdown, in lengths of it. */
const PEAK_BEFORE = 0.5;
const PEAK_AFTER = 2;
/** Of the capacity that first tries leave, the share that one who knows it all gives to retries. */
const USED_SPARE_SHARE = 0.7;

function drawSlowdowns(seed: number, { slowdowns, slowdownMs, gapRatio }: Parameters): Outages {
  const rng = createRng([seed, 0x736c, 0x6f77, 0]);
  const intervals: [number, number][] = [];
  let atMs = 0;
  for (let i = 0; i < Math.round(slowdowns); i++) {
    const fromMs = atMs + slowdownMs * gapRatio * uniform(rng, 0.8, 1.2);
    atMs = fromMs + slowdownMs * uniform(rng, 0.6, 1.4);
    intervals.push([fromMs, atMs]);
  }
  return new Outages(intervals);
}

/** Peak traffic around each slowdown, and what is left of it between them. */
function createStreams(slowdowns: Outages, untilMs: number, meanGapMs: number, troughShare: number): readonly Stream[] {
  const streams: Stream[] = [];
  let sinceMs = 0;
  const add = (toMs: number, gapMs: number) => {
    streams.push({ jobType: JOB_TYPE, dependency: DEPENDENCY, fromMs: sinceMs, toMs, meanGapMs: gapMs });
    sinceMs = toMs;
  };
  for (const [fromMs, toMs] of slowdowns.intervals) {
    add(Math.max(sinceMs, fromMs - PEAK_BEFORE * (toMs - fromMs)), meanGapMs / troughShare);
    add(toMs + PEAK_AFTER * (toMs - fromMs), meanGapMs);
  }
  add(untilMs, meanGapMs / troughShare);
  return streams;
}

/** When first tries alone keep the server from serving: each slowdown, until half a timeout is left of its backlog. */
function findBusyTimes(jobs: readonly Job[], settings: LoadedServerSettings): Outages {
  const server = new LoadedServer(settings);
  const intervals: [number, number][] = [];
  let busySinceMs: number | null = null;
  for (const { arrivesAtMs } of jobs) {
    const slowdown = settings.slowdowns.at(arrivesAtMs);
    busySinceMs ??= slowdown?.fromMs ?? null;
    server.call(arrivesAtMs);
    const isQuiet = slowdown === null && server.waitMs(arrivesAtMs) < settings.timeoutMs / 2;
    if (busySinceMs === null || !isQuiet) continue;
    intervals.push([busySinceMs, arrivesAtMs]);
    busySinceMs = null;
  }
  return new Outages(intervals);
}

/**
 * An overload of given parameters instead of drawn ones: rates in calls a second, times in milliseconds, shares 0–1, as in
 * the ranges of its two families.
 */
export function createOverloadWorld(name: string, parameters: Parameters, seed: number, split: Split): World {
  const { utilisation, failures, slowdownMs, timeoutMs } = parameters;
  const slowdowns = drawSlowdowns(seed, parameters);
  const arrivalsEndAtMs = (slowdowns.ends.at(-1) ?? 0) + slowdownMs * parameters.gapRatio;
  const meanGapMs = slowdowns.overlapMs(0, arrivalsEndAtMs) / failures;
  const callsPerSecond = 1_000 / meanGapMs / utilisation;
  const settings: LoadedServerSettings = {
    callsPerSecond,
    timeoutMs,
    maxBacklogMs: timeoutMs * parameters.backlogTimeouts,
    rejectionWork: parameters.rejectionWork,
    slowdowns,
    slowSpeed: parameters.slowSpeed,
  };
  const rng = createRng([seed, split.length, name.length, 0x6f76]);
  const streams = createStreams(slowdowns, arrivalsEndAtMs, meanGapMs, parameters.troughShare);
  const jobs = createJobs(rng, `${name}-${split}-${seed}`, streams);
  const server = new LoadedServer(settings);
  const retriesPerSecond = USED_SPARE_SHARE * callsPerSecond * (1 - utilisation);
  const spare = new SpareCapacity({ busy: findBusyTimes(jobs, settings), retriesPerSecond });
  return {
    name,
    seed,
    split,
    parameters,
    jobs,
    arrivalsEndAtMs,
    recoveriesMs: slowdowns.ends,
    client: FAITHFUL_CLIENT,
    isPoison: () => false,
    attempt({ atMs }): Outcome {
      const waitMs = server.waitMs(atMs);
      switch (server.call(atMs)) {
        case 'served':
          return { success: true, processingMs: SERVED_MS + waitMs };
        case 'timed-out':
          return { success: false, processingMs: timeoutMs, errorClass: 'timeout', errorCode: 'ETIMEDOUT' };
        case 'rejected':
          return { success: false, processingMs: SERVED_MS, errorClass: 'service_unavailable', errorCode: '503' };
      }
    },
    clairvoyantDelayMs: ({ atMs }) => spare.reserve(atMs) - atMs,
    trueSuccess: () => null,
  };
}

/** A slowdown makes calls time out; retries can keep the server down long after it has its speed back. */
export const METASTABLE_OVERLOAD: WorldFamily = {
  name: 'metastable-overload',
  summary: 'a slow server that retries keep down',
  create(seed, split) {
    const parameters = drawParameters(METASTABLE_RANGES, seed, split);
    return createOverloadWorld('metastable-overload', parameters, seed, split);
  },
};

/** The server is down for minutes; when it is back it can serve only so many at once. */
export const RECOVERY_HERD: WorldFamily = {
  name: 'recovery-herd',
  summary: 'thousands wait for a server that comes back with little room',
  create(seed, split) {
    const parameters = { ...drawParameters(HERD_RANGES, seed, split), slowSpeed: 0, troughShare: 1 };
    return createOverloadWorld('recovery-herd', parameters, seed, split);
  },
};
