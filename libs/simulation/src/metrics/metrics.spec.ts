import { describe, expect, it } from '@jest/globals';
import { DEFAULT_OBJECTIVE } from '@smart-retry/domain';
import { simulate } from '../simulate.js';
import { retryAfter, STOP, type Choice, type Failure, type Treatment } from '../decider.js';
import { createNone } from '../baselines/none.js';
import { someJob, someWorld } from '../testing/some-world.js';
import type { FailedJobTrace } from '../trace.js';
import type { Job } from '../world.js';
import { brierScore, expectedCalibrationError, shownSurplus, type Prediction } from './calibration.js';
import { averageShareClosed, compareDeciders } from './compare.js';
import { herdIndex, peakAmplification } from './load.js';
import { measure } from './measure.js';
import { quantile } from './quantile.js';
import { utilityOf } from './utility.js';

const HALF_LIFE_MS = DEFAULT_OBJECTIVE.valueHalfLifeMs;

function trace(retries: readonly (readonly [atMs: number, succeeded: boolean])[]): FailedJobTrace {
  return {
    job: someJob(0, 0),
    firstFailedAtMs: 0,
    incidentAgeMs: 0,
    treatment: 'as_planned',
    retries: retries.map(([atMs, succeeded]) => ({
      decidedAtMs: 0,
      atMs,
      endedAtMs: atMs,
      succeeded,
    })),
    end: retries.some(([, succeeded]) => succeeded) ? 'succeeded' : 'stopped',
    isPoison: false,
  };
}

describe('utilityOf', () => {
  it('is 0 for a job that is given up at once', () => {
    expect(utilityOf(trace([]), DEFAULT_OBJECTIVE)).toBe(0);
  });

  it('halves gain and cost after each half-life', () => {
    // −0.03·½ for the failed retry, (1 − 0.03)·¼ for the one that succeeds
    expect(
      utilityOf(
        trace([
          [HALF_LIFE_MS, false],
          [2 * HALF_LIFE_MS, true],
        ]),
        DEFAULT_OBJECTIVE,
      ),
    ).toBeCloseTo(0.2275, 12);
  });
});

describe('calibration', () => {
  it('has the Brier score of the definition', () => {
    const predictions = [
      { probability: 0.8, happened: true },
      { probability: 0.4, happened: false },
    ];
    expect(brierScore(predictions)).toBeCloseTo((0.04 + 0.16) / 2, 12);
    expect(brierScore([])).toBeNull();
  });

  const runOf = (predictions: readonly Prediction[]) => ({
    shownEstimates: predictions.length,
    shownSurplus: shownSurplus(predictions),
  });

  it('weighs the error of each bin by its use', () => {
    const predictions = [
      ...Array.from({ length: 3 }, () => ({ probability: 0.95, happened: true })),
      { probability: 0.15, happened: true },
    ];
    // bin [0.9, 1]: |3·0.95 − 3| = 0.15; bin [0.1, 0.2): |0.15 − 1| = 0.85; over 4
    expect(expectedCalibrationError([runOf(predictions)])).toBeCloseTo(0.25, 12);
    expect(expectedCalibrationError([runOf([])])).toBeNull();
  });

  it('of several runs is that of all their retries together', () => {
    const [lucky, unlucky] = [
      runOf([{ probability: 0.5, happened: true }]),
      runOf([{ probability: 0.5, happened: false }]),
    ] as const;
    expect(expectedCalibrationError([lucky])).toBe(0.5);
    expect(expectedCalibrationError([lucky, unlucky, runOf([])])).toBe(0);
  });
});

describe('load', () => {
  it('finds the busiest ten seconds', () => {
    const firstTries = [0, 1_000, 10_000, 11_000];
    // 2 first tries and 6 retries in the second window
    expect(
      peakAmplification(
        firstTries,
        Array.from({ length: 6 }, () => 12_000),
      ),
    ).toBe(4);
    expect(peakAmplification(firstTries, [])).toBe(1);
  });

  it('has a herd index of 1 for an even minute and of 60 for a stampede', () => {
    const even = Array.from({ length: 120 }, (_, i) => 5_000 + i * 500);
    expect(herdIndex([5_000], even)).toBe(1);
    expect(
      herdIndex(
        [5_000],
        Array.from({ length: 120 }, () => 7_000),
      ),
    ).toBe(60);
    expect(herdIndex([5_000], [7_000])).toBeNull();
  });
});

describe('quantile', () => {
  it('interpolates between neighbours', () => {
    expect(quantile([10, 20, 30], 0.25)).toBe(15);
    expect(quantile([], 0.5)).toBeNull();
  });
});

describe('measure', () => {
  const retryOnce = {
    name: 'once',
    decide: ({ attemptNumber }: { attemptNumber: number }) => (attemptNumber === 1 ? retryAfter(0) : STOP),
  };

  it('averages over failed jobs, and nets first tries that retries made fail', async () => {
    // Jobs 0 and 1 fail at first try whatever happens; job 2 only where something was retried before it.
    let retried = 0;
    const jobs = [someJob(0, 0), someJob(1, 1_000), someJob(2, 2_000), someJob(3, 3_000)];
    const create = () => {
      retried = 0;
      return someWorld(jobs, {
        attempt({ job, attemptNumber }) {
          if (attemptNumber > 1) retried++;
          const fails = attemptNumber === 1 ? job.index < 2 || (job.index === 2 && retried > 0) : job.index > 0;
          return fails
            ? { success: false, processingMs: 0, errorClass: 'timeout', errorCode: 'T' }
            : { success: true, processingMs: 0 };
        },
      });
    };
    const undisturbed = await simulate(create(), createNone());
    const measured = measure(await simulate(create(), retryOnce), 'all', undisturbed);
    expect(measured).toMatchObject({
      failedJobs: 3,
      successShare: 1 / 3,
      attemptsPerJob: 2,
      amplification: 1.75,
      wastedAttempts: 2 / 3,
    });
    expect(measured.utility).toBeCloseTo((0.97 - 0.03 - 0.03) / 3, 12);
    // 1 − (3 − 0.91) / 2: the third failure was of our own making
    expect(measured.netUtility).toBeCloseTo(-0.045, 12);
  });

  it('looks at the second half of the time only, when asked to', async () => {
    const world = () => someWorld([someJob(0, 0), someJob(1, 4_000), someJob(2, 10_000)]);
    const undisturbed = await simulate(world(), createNone());
    expect(measure(undisturbed, 'second-half', undisturbed).failedJobs).toBe(1);
    expect(measure(undisturbed, 'all', undisturbed).failedJobs).toBe(3);
  });

  describe('intervals that hold the true rate, after first failures', () => {
    const shown = { successProbability: 0.5, interval: [0.4, 0.6] as const };
    const showing = {
      name: 'showing',
      decide: ({ attemptNumber }: { attemptNumber: number }) =>
        attemptNumber < 3 ? { ...retryAfter(1), shown } : STOP,
    };
    const measureWhere = async (truth: readonly number[], changes: Partial<Job> = {}) => {
      const world = () =>
        someWorld([someJob(0, 0), { ...someJob(1, 1), ...changes }], {
          trueSuccess: ({ job }) => truth[job.index] ?? null,
        });
      return measure(await simulate(world(), showing), 'all', await simulate(world(), createNone()));
    };

    it('are counted for failures that are not alike one by one', async () => {
      const measured = await measureWhere([0.5, 0.9], { dependency: 'another' });
      expect(measured).toMatchObject({ intervalCoverage: 0.5, brier: 0.25, calibrationError: 0.5, shownEstimates: 4 });
      expect((await measureWhere([0.5, 0.9], { arrivesAtMs: 60_000 })).intervalCoverage).toBe(0.5);
    });

    it('are held against the mean of failures that are alike: nobody can tell them apart', async () => {
      expect((await measureWhere([0.2, 0.8])).intervalCoverage).toBe(1);
      expect((await measureWhere([0.5, 0.9])).intervalCoverage).toBe(0);
    });

    it('are not held against what was put off: it had another chance, and whoever decided knew', async () => {
      const world = () =>
        someWorld([someJob(0, 0), someJob(1, 1)], { trueSuccess: ({ job }) => (job.index === 0 ? 0.5 : 0.9) });
      const undisturbed = await simulate(world(), createNone());
      const coverageWhere = async (treatment: Treatment) => {
        const treating = {
          name: 'treating',
          decide: ({ jobId, attemptNumber }: Failure): Choice =>
            attemptNumber > 1 ? STOP : { ...retryAfter(1), ...(jobId === 'job-0' ? { shown } : { treatment }) },
        };
        return measure(await simulate(world(), treating), 'all', undisturbed).intervalCoverage;
      };
      expect(await coverageWhere('as_planned')).toBe(0);
      expect(await coverageWhere('put_off')).toBe(1);
      expect(await coverageWhere('as_probe')).toBe(1);
    });
  });
});

describe('compareDeciders', () => {
  const roles = { rules: 'rules', statics: new Set(['rules', 'steady']) };
  const utilities = new Map([
    ['rules', [0.2, 0.4]],
    ['steady', [0.5, 0.7]],
    ['ours', [0.7, 0.9]],
    ['oracle', [0.8, 1]],
  ]);

  it('places each decider between the rules and the best of all', () => {
    const { ceiling, bestStatic, standings } = compareDeciders(utilities, roles);
    expect([ceiling, bestStatic]).toEqual(['oracle', 'steady']);
    expect(standings.map(({ decider, shareClosed }) => [decider, shareClosed?.value.toFixed(4)])).toEqual([
      ['rules', '0.0000'],
      ['steady', '0.5000'],
      ['ours', '0.8333'],
      ['oracle', '1.0000'],
    ]);
  });

  it('keeps the deciders of one seed together: a constant difference has no spread', () => {
    const ours = compareDeciders(utilities, roles).standings.find(({ decider }) => decider === 'ours');
    expect(ours?.overBestStatic.value).toBeCloseTo(0.2, 12);
    expect(ours?.overBestStatic.interval[0]).toBeCloseTo(0.2, 12);
    // The utilities themselves vary from seed to seed.
    expect(ours?.utility.interval).toEqual([0.7, 0.9]);
  });

  it('says nothing of a share where there is nothing to close', () => {
    const close = new Map([...utilities].map(([name, values]) => [name, values.map((u) => u / 100)]));
    const comparison = compareDeciders(close, roles);
    expect(comparison.standings.every(({ shareClosed }) => shareClosed === null)).toBe(true);
    expect(averageShareClosed([comparison, compareDeciders(utilities, roles)], 'steady')).toBeCloseTo(0.5, 12);
  });
});
