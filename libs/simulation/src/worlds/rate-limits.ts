import { createRng, type Rng } from '@smart-retry/domain';
import { drawParameters, type Split } from '../parameters.js';
import { exponential, logUniform } from '../random.js';
import { FAITHFUL_CLIENT, type Job, type World, type WorldFamily } from '../world.js';
import { RateLimit } from './rate-limit.js';
import { createJobs, type Stream } from './traffic.js';

const RANGES = {
  windowMs: { tuning: [20_000, 90_000], heldOut: [10_000, 120_000], scale: 'log' },
  /** Calls of a window, ours and others'. */
  quota: { tuning: [20, 40], heldOut: [12, 60], scale: 'log' },
  /** Of the quota, what our first tries need between bursts, and what others use. */
  ownShare: { tuning: [0.3, 0.5], heldOut: [0.2, 0.6] },
  othersShare: { tuning: [0.1, 0.25], heldOut: [0, 0.3] },
  /** Jobs that a burst brings within one window, in quotas. */
  burstQuotas: { tuning: [2, 4], heldOut: [1.5, 6], scale: 'log' },
  windowsBetweenBursts: { tuning: [10, 20], heldOut: [8, 30], scale: 'log' },
  failures: { tuning: [1_000, 1_300], heldOut: [800, 1_600] },
} as const;

type Parameters = Readonly<Record<keyof typeof RANGES, number>>;

/** What the server says of when to come back, given how long the window still lasts. */
type Hint = (rng: Rng) => (remainingMs: number) => number | undefined;

const NO_HINT: Hint = () => () => undefined;
const TRUE_HINT: Hint = () => (remainingMs) => remainingMs;
/** Each server errs in its own way: by a factor between 1/10 and 10, and hardly ever by none. */
const WRONG_HINT: Hint = (rng) => {
  const factor = logUniform(rng, 3, 10);
  const error = rng() < 0.5 ? factor : 1 / factor;
  return (remainingMs) => remainingMs * error;
};

const JOB_TYPES = ['sms_send', 'crm_push'] as const;
const PROCESSING_MS = 40;

function createStreams(rng: Rng, jobType: string, parameters: Parameters): readonly Stream[] {
  const { windowMs, quota, ownShare, burstQuotas, windowsBetweenBursts, failures } = parameters;
  const dependency = `${jobType}_api`;
  const bursts = Math.ceil(failures / (quota * burstQuotas));
  const streams: Stream[] = [];
  let atMs = 0;
  for (let burst = 0; burst < bursts; burst++) {
    atMs += windowMs * (burstQuotas / (1 - ownShare) + exponential(rng, windowsBetweenBursts));
    const meanGapMs = windowMs / (quota * burstQuotas);
    streams.push({ jobType, dependency, fromMs: atMs, toMs: atMs + windowMs, meanGapMs });
  }
  const untilMs = atMs + 5 * windowMs;
  return [{ jobType, dependency, fromMs: 0, toMs: untilMs, meanGapMs: windowMs / (quota * ownShare) }, ...streams];
}

function createRateLimitWorld(name: string, hint: Hint, seed: number, split: Split): World {
  const parameters = drawParameters(RANGES, seed, split);
  const rng = createRng([seed, split.length, 0x7261, 0x7465]);
  const streams = JOB_TYPES.flatMap((jobType) => createStreams(rng, jobType, parameters));
  const jobs = createJobs(rng, `${name}-${split}-${seed}`, streams);
  const limits = new Map(
    JOB_TYPES.map((jobType, i) => {
      const dependency = `${jobType}_api`;
      const hintMs = hint(rng);
      const firstTriesAtMs = jobs.filter((job) => job.dependency === dependency).map((job) => job.arrivesAtMs);
      const { windowMs, quota, othersShare } = parameters;
      const settings = { seed: seed + i, windowMs, quota: Math.round(quota), othersShare, firstTriesAtMs };
      return [dependency, { hintMs, limit: new RateLimit(settings) }];
    }),
  );
  const limitOf = (job: Job) => {
    const found = limits.get(job.dependency);
    if (found === undefined) throw new RangeError(`${name} has no dependency ${job.dependency}`);
    return found;
  };
  return {
    name,
    seed,
    split,
    parameters,
    jobs,
    arrivalsEndAtMs: Math.max(...streams.map(({ toMs }) => toMs)),
    recoveriesMs: [],
    client: FAITHFUL_CLIENT,
    isPoison: () => false,
    attempt({ job, atMs }) {
      const { limit, hintMs } = limitOf(job);
      if (limit.take(atMs)) return { success: true, processingMs: PROCESSING_MS };
      const retryAfterMs = hintMs(limit.remainingMs(atMs));
      return {
        success: false,
        processingMs: PROCESSING_MS,
        errorClass: 'rate_limit',
        errorCode: '429',
        ...(retryAfterMs !== undefined && { retryAfterMs }),
      };
    },
    clairvoyantDelayMs: ({ job, atMs }) => limitOf(job).limit.reserve(atMs) - atMs,
    trueSuccess: () => null,
  };
}

function describeFamily(name: string, summary: string, hint: Hint): WorldFamily {
  return { name, summary, create: (seed, split) => createRateLimitWorld(name, hint, seed, split) };
}

export const RATE_LIMIT_WITHOUT_HINTS = describeFamily('rate-limit', 'a quota for each window, no hint', NO_HINT);
export const RATE_LIMIT_WITH_HINTS = describeFamily(
  'rate-limit-hinted',
  'a quota for each window, Retry-After tells its end',
  TRUE_HINT,
);
export const RATE_LIMIT_WITH_WRONG_HINTS = describeFamily(
  'rate-limit-wrong-hints',
  'a quota for each window, Retry-After errs by 3 to 10 times',
  WRONG_HINT,
);
