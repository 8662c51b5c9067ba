import { beforeAll, describe, expect, it } from '@jest/globals';
import { uniformLogger, play, toLog, type Logger } from './testing/play-and-log.js';
import { playDeviations } from './testing/play-deviations.js';
import { recoveringWorld } from './testing/recovering-world.js';
import { ask, findPolicy } from './testing/ask.js';
import { ACTION_COUNT, STOP_ACTION } from './action.js';
import type { LoggedAttempt } from './logged-attempt.js';

const JOBS = 400;
const SEEDS = Array.from({ length: 12 }, (_, i) => i + 1);
const POLICIES = ['rules', 'celery'];

/** Nearly always gives up where the error code says that it is hopeless, and nearly never elsewhere. */
function sensibleLogger(seed: number): Logger {
  const stopShares = { gone: 0.6, busy: 0.04 };
  return {
    seed,
    maxAttempts: 4,
    actions({ errorCode }) {
      const stop = errorCode === 'gone' ? stopShares.gone : stopShares.busy;
      return Array.from({ length: ACTION_COUNT }, (_, action) =>
        action === STOP_ACTION ? stop : (1 - stop) / STOP_ACTION,
      );
    },
  };
}

/** A log of one seed, and what each policy is really worth there. */
interface Case {
  readonly attempts: readonly LoggedAttempt[];
  readonly truths: ReadonlyMap<string, number>;
}

async function makeCase(logger: Logger): Promise<Case> {
  const makeWorld = () => recoveringWorld(logger.seed, JOBS);
  const truths = new Map<string, number>();
  for (const name of POLICIES) {
    truths.set(name, await playDeviations(makeWorld, logger, findPolicy(name).create(7)));
  }
  return { attempts: toLog(await play(makeWorld(), logger)), truths };
}

/** Of the 95 % intervals, the share that holds the truth. */
function coverage(cases: readonly Case[], distort: (attempt: LoggedAttempt) => LoggedAttempt = (line) => line): number {
  const hits = cases.flatMap(({ attempts, truths }) =>
    ask(attempts.map(distort), ...POLICIES).policies.map(({ policy, estimate }) => {
      const truth = truths.get(policy) ?? NaN;
      const [lo, hi] = estimate?.utility.interval ?? [NaN, NaN];
      return lo <= truth && truth <= hi;
    }),
  );
  return hits.filter(Boolean).length / hits.length;
}

function withoutPropensities({ propensity, stopPropensity, ...attempt }: LoggedAttempt): LoggedAttempt {
  return attempt;
}

describe('a log whose every decision was drawn at random', () => {
  let cases: readonly Case[];
  let sensible: readonly Case[];

  beforeAll(async () => {
    cases = await Promise.all(SEEDS.map((seed) => makeCase(uniformLogger(seed))));
    sensible = await Promise.all(SEEDS.map((seed) => makeCase(sensibleLogger(seed))));
  }, 120_000);

  // 24 intervals each: if they hold the truth 19 times in 20, at least 19 of them do in 999 of 1,000 such tests.
  it('with propensities: intervals hold what the policies were worth when really played', () => {
    expect(coverage(cases)).toBeGreaterThanOrEqual(19 / 24);
    expect(coverage(sensible)).toBeGreaterThanOrEqual(19 / 24);
  });

  it('without propensities: they do as well, behaviour being estimated by error and attempt', () => {
    expect(coverage(cases, withoutPropensities)).toBeGreaterThanOrEqual(19 / 24);
    expect(coverage(sensible, withoutPropensities)).toBeGreaterThanOrEqual(19 / 24);
  });

  it('with propensities that are wrong: they do not', () => {
    const claimsUniform = (attempt: LoggedAttempt): LoggedAttempt => ({
      ...attempt,
      ...(attempt.propensity !== undefined && { propensity: 1 / ACTION_COUNT }),
      ...(attempt.stopPropensity !== undefined && { stopPropensity: 1 / ACTION_COUNT }),
    });
    expect(coverage(sensible, claimsUniform)).toBeLessThan(0.5);
  });
});

/** Waits as a rule says that knows the attempt only, with some jitter. */
function exponentialLogger(seed: number): Logger {
  return {
    seed,
    maxAttempts: 4,
    actions: ({ attemptNumber }) =>
      Array.from({ length: ACTION_COUNT }, (_, action) => Number(action === attemptNumber)),
  };
}

describe('verdicts', () => {
  const lines = async (logger: Logger, jobs: number) => toLog(await play(recoveringWorld(1, jobs), logger));

  it('say plainly what a random log shows', async () => {
    const { policies, logged } = ask(await lines(uniformLogger(1), 2_000), 'none', 'celery', 'rules');
    expect(logged?.value).toBeGreaterThan(0.2);
    expect(policies).toMatchObject([
      {
        policy: 'none',
        verdict: 'worse',
        reason: expect.stringMatching(/^it loses between −0\.\d+ and −0\.\d+ per failure$/),
      },
      { policy: 'celery', verdict: 'better', reason: expect.stringMatching(/^it gains between \+0\.\d+ and /) },
      { policy: 'rules', verdict: 'worse' },
    ]);
  });

  it('cannot tell of waits that were never tried, and name them', async () => {
    const { policies, behaviour } = ask(
      (await lines(exponentialLogger(1), 1_000)).map(withoutPropensities),
      'sidekiq',
      'celery',
    );
    expect(behaviour).toMatchObject({ source: 'estimated', isTiedToAttempt: true });
    expect(policies).toMatchObject([
      {
        verdict: 'cannot tell',
        reason:
          'all of what it would do was never tried after the same error and attempt, above all waiting 15-30s after attempt 1; here the wait always followed from error and attempt',
      },
      { verdict: 'cannot tell' },
    ]);
  });

  it('find no difference to what was done anyway', async () => {
    const [celery] = ask(celeryLog(1_000), 'celery').policies;
    expect(celery).toMatchObject({
      verdict: 'no difference',
      estimate: { difference: { value: 0 }, unsupportedShare: 0 },
    });
  });

  it('cannot tell from too few decisions', async () => {
    const [few] = ask(celeryLog(50), 'celery').policies;
    expect(few).toMatchObject({ verdict: 'cannot tell', reason: expect.stringContaining('at least 200 are needed') });
  });

  it('cannot tell from many decisions of few jobs; control: of more', () => {
    const [few] = ask(temporalLog(20), 'temporal').policies;
    expect(few).toMatchObject({
      verdict: 'cannot tell',
      reason: 'its decisions are of 20 jobs only; at least 50 are needed',
    });
    expect(few?.estimate?.effectiveSampleSize).toBeGreaterThan(500);
    expect(ask(temporalLog(60), 'temporal').policies).toMatchObject([{ verdict: 'no difference' }]);
  });

  it('cannot tell from an empty log', () => {
    expect(ask([], 'rules')).toMatchObject({
      logged: null,
      policies: [{ policy: 'rules', estimate: null, verdict: 'cannot tell' }],
    });
  });

  it('distrust propensities that do not fit what was done', async () => {
    const halved = (await lines(uniformLogger(1), 2_000)).map(({ propensity, ...line }) => ({
      ...line,
      ...(propensity !== undefined && { propensity: propensity / 2 }),
    }));
    const [celery] = ask(halved, 'celery').policies;
    expect(celery).toMatchObject({
      verdict: 'cannot tell',
      reason: expect.stringContaining('do not fit what was done'),
    });
  });

  it('are the same whatever the order of the lines, and however often a line comes', async () => {
    const once = await lines(uniformLogger(3), 300);
    const shuffled = [...once, ...once].sort((a, b) => digestOf(a) - digestOf(b));
    const [expected, found] = [ask(once, 'celery'), ask(shuffled, 'celery')];
    expect(found.policies).toEqual(expected.policies);
    expect(found.history).toEqual({ ...expected.history, duplicates: once.length });
  });
});

/** Each job fails, waits 180 s and succeeds. */
function celeryLog(jobs: number): LoggedAttempt[] {
  return Array.from({ length: jobs }, (_, i) => `job-${i}`).flatMap((jobId, i) => {
    const failedAtMs = 10_000 * i;
    const job = { jobId, jobType: 'email_send' };
    return [
      { ...job, attemptNumber: 1, success: false, errorClass: 'timeout', timestampMs: failedAtMs },
      { ...job, attemptNumber: 2, success: true, delayMs: 180_000, timestampMs: failedAtMs + 180_100 },
    ];
  });
}

/** Each job fails thirty times, with Temporal's waits between. */
function temporalLog(jobs: number): LoggedAttempt[] {
  return Array.from({ length: 30 * jobs }, (_, i) => {
    const n = Math.floor(i / jobs) + 1;
    const waited = n === 1 ? {} : { delayMs: Math.min(100_000, 1_000 * 2 ** (n - 2)) };
    const job = { jobId: `job-${i % jobs}`, jobType: 'email_send' };
    return { ...job, ...waited, attemptNumber: n, success: false, errorClass: 'timeout' };
  });
}

function digestOf({ jobId, attemptNumber }: LoggedAttempt): number {
  return (Number(jobId.slice('job-'.length)) * 7_919 + attemptNumber * 104_729) % 1_009;
}
