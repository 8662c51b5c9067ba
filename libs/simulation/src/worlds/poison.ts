import { createRng } from '@smart-retry/domain';
import { drawParameters, type Split } from '../parameters.js';
import { coin } from '../random.js';
import type { ErrorLabel, Job, World, WorldFamily } from '../world.js';
import { Outages } from './outages.js';
import { createScriptedWorld, type ScriptedDependency } from './scripted-world.js';
import { createJobs } from './traffic.js';

const RANGES = {
  /** Of the failed first tries, the share that can never succeed. */
  poisonedFailures: { tuning: [0.3, 0.7], heldOut: [0.2, 0.8] },
  blipShare: { tuning: [0.1, 0.3], heldOut: [0.06, 0.4], scale: 'log' },
  meanProcessingMs: { tuning: [100, 1_000], heldOut: [50, 2_000], scale: 'log' },
  failures: { tuning: [1_000, 1_400], heldOut: [800, 1_800] },
  hours: { tuning: [4, 12], heldOut: [2, 24], scale: 'log' },
} as const;

type Parameters = Readonly<Record<keyof typeof RANGES, number>>;

interface PoisonedType {
  readonly jobType: string;
  readonly transient: ErrorLabel;
  readonly poison: ErrorLabel;
}

/** Codes tell the poisoned apart: same class, another code. */
const BY_CODE: readonly PoisonedType[] = [
  {
    jobType: 'ledger_write',
    transient: { errorClass: 'database_error', errorCode: '40001' },
    poison: { errorClass: 'database_error', errorCode: '23505' },
  },
  {
    jobType: 'crm_push',
    transient: { errorClass: 'upstream_error', errorCode: '502' },
    poison: { errorClass: 'upstream_error', errorCode: '501' },
  },
];

/** Only the payload tells them apart. */
const BY_PAYLOAD: readonly PoisonedType[] = [
  {
    jobType: 'image_resize',
    transient: { errorClass: 'timeout', errorCode: 'ETIMEDOUT' },
    poison: { errorClass: 'timeout', errorCode: 'ETIMEDOUT' },
  },
  {
    jobType: 'report_render',
    transient: { errorClass: 'worker_crash', errorCode: 'OOM' },
    poison: { errorClass: 'worker_crash', errorCode: 'OOM' },
  },
];

const PAYLOAD_PURPOSE = 0x7061;
const POISON_PURPOSE = 0x706f;
/** Poisoned payloads are this many times larger than the sound ones, whose sizes span two orders of magnitude. */
const POISONED_PAYLOAD_FACTOR = 200;

/** Of all jobs, the share that is poisoned, so that `poisonedFailures` of the failed first tries are. */
function poisonedJobs({ poisonedFailures: f, blipShare: q }: Parameters): number {
  return (f * q) / (f * q + (1 - f));
}

function createPoisonWorld(name: string, types: readonly PoisonedType[], seed: number, split: Split): World {
  const parameters = drawParameters(RANGES, seed, split);
  const rng = createRng([seed, split.length, name.length, 0x706f]);
  const arrivalsEndAtMs = parameters.hours * 3_600_000;
  const poisonShare = poisonedJobs(parameters);
  const failedShare = poisonShare + (1 - poisonShare) * parameters.blipShare;
  const meanGapMs = (arrivalsEndAtMs * failedShare) / parameters.failures;
  const isPoisoned = (job: { readonly index: number }) => coin(seed, POISON_PURPOSE, job.index, 0) < poisonShare;
  const streams = types.map(({ jobType }) => ({
    jobType,
    dependency: `${jobType}_api`,
    fromMs: 0,
    toMs: arrivalsEndAtMs,
    meanGapMs,
  }));
  const jobs = createJobs(rng, `${name}-${split}-${seed}`, streams).map((job): Job => {
    if (types !== BY_PAYLOAD || !isPoisoned(job)) return job;
    const factor = POISONED_PAYLOAD_FACTOR * (0.5 + coin(seed, PAYLOAD_PURPOSE, job.index, 0));
    return { ...job, payloadBytes: Math.round(job.payloadBytes * factor) };
  });
  const typeOf = new Map(types.map((type) => [type.jobType, type]));
  const dependencies = new Map(
    types.map(({ jobType, transient }): [string, ScriptedDependency] => [
      `${jobType}_api`,
      {
        ...transient,
        outages: new Outages([]),
        blipShare: () => parameters.blipShare,
        meanProcessingMs: parameters.meanProcessingMs,
      },
    ]),
  );
  const soundSuccess = 1 - parameters.blipShare;
  return createScriptedWorld({
    name,
    seed,
    split,
    parameters,
    jobs,
    arrivalsEndAtMs,
    dependencies,
    poison: (job) => (isPoisoned(job) ? (typeOf.get(job.jobType)?.poison ?? null) : null),
    // The code or the payload, which both are seen with the failure, tells the poisoned apart.
    trueSuccess: ({ job }) => (isPoisoned(job) ? 0 : soundSuccess),
  });
}

export const POISON_BY_CODE: WorldFamily = {
  name: 'poison-by-code',
  summary: 'some jobs can never succeed; their error code tells',
  create: (seed, split) => createPoisonWorld('poison-by-code', BY_CODE, seed, split),
};

export const POISON_BY_PAYLOAD: WorldFamily = {
  name: 'poison-by-payload',
  summary: 'some jobs can never succeed; only their payload tells',
  create: (seed, split) => createPoisonWorld('poison-by-payload', BY_PAYLOAD, seed, split),
};
