import { describe, expect, it } from '@jest/globals';
import { DEFAULT_LEARNING, type LearningSettings, type TaughtOutcome } from '@smart-retry/domain';
import { T0 } from '@smart-retry/domain/testing';
import { BayesianMemory } from '@smart-retry/bayesian';
import { Incidents } from './incidents.js';
import { Teacher } from './teacher.js';

const HOUR_MS = 3_600_000;
const KIND = { jobType: 'email_send', errorClass: 'timeout' };
const outcome = (changes: Partial<TaughtOutcome> = {}): TaughtOutcome => ({
  ...KIND,
  failedAttemptNumber: 1,
  delayMs: 2_000,
  success: true,
  atMs: T0,
  recordedAtMs: T0,
  ...changes,
});

const open = () => {
  const memory = new BayesianMemory({ maxCells: 1_000 });
  const incidents = new Incidents({ maxDependencies: 10 });
  const teacher = new Teacher({ memory, incidents, maxDependencies: 10 });
  return { memory, incidents, teacher };
};

/** How many outcomes are learned of one each hour from `T0` on, for 24 hours. */
const learnedOfADay = (learning: Partial<LearningSettings>, changes: Partial<TaughtOutcome> = {}) => {
  const { memory, teacher } = open();
  for (let hour = 0; hour < 24; hour++) {
    teacher.teach(outcome({ atMs: T0 + hour * HOUR_MS, ...changes }), { ...DEFAULT_LEARNING, ...learning });
  }
  return memory.countOf(KIND);
};
const own = { jobType: KIND.jobType };
const window = { fromMs: T0 + 2 * HOUR_MS, toMs: T0 + 5 * HOUR_MS };

describe('what teaches', () => {
  it.each<[string, Partial<LearningSettings>, number]>([
    ['everything by default', {}, 24],
    ['everything where learning is only observed', { mode: 'observe' }, 24],
    ['nothing where it is off', { mode: 'off' }, 0],
    ['nothing where it is off for the job type', { jobTypes: [{ ...own, mode: 'off' }] }, 0],
    ['what was before the instant that is pinned', { jobTypes: [{ ...own, pinnedAtMs: T0 + 6 * HOUR_MS }] }, 6],
    ['what came after a reset', { jobTypes: [{ ...own, ignoreBeforeMs: T0 + 6 * HOUR_MS }] }, 18],
    ['all but an excluded window', { excludedWindows: [window] }, 21],
    ['all but a window of its dependency', { excludedWindows: [{ ...window, dependency: 'email_send' }] }, 21],
    ['all beside a window of another', { excludedWindows: [{ ...window, dependency: 'erp' }] }, 24],
  ])('is %s', (_, learning, learned) => {
    expect(learnedOfADay(learning)).toBe(learned);
  });
});

describe('Teacher', () => {
  it('tells of successes, also of those that teach nothing, that incidents are over', () => {
    const { incidents, teacher } = open();
    incidents.fail('erp', T0 - 60_000);
    incidents.fail('erp', T0 - 1_000);
    expect(incidents.ageAt('erp', T0)).toBe(60_000);
    teacher.teach(outcome({ dependency: 'erp' }), { ...DEFAULT_LEARNING, mode: 'off' });
    expect(incidents.ageAt('erp', T0)).toBe(0);
  });

  it('works out how old an incident was from the outcomes alone, where nobody noted it', () => {
    const noted = open();
    const told = open();
    for (let i = 0; i < 12; i++) {
      // A failure every 20 s, each retried in vain after 2 s: the incident grows old.
      const ageMs = i * 20_000;
      const failed = outcome({ success: false, atMs: T0 + ageMs + 2_000 });
      told.teacher.teach(failed, DEFAULT_LEARNING);
      noted.teacher.teach({ ...failed, incidentAgeMs: ageMs }, DEFAULT_LEARNING);
    }
    for (const incidentAgeMs of [0, 40_000, 200_000, undefined]) {
      const context = { ...KIND, attemptNumber: 1, incidentAgeMs };
      const [a, b] = [noted, told].map(({ memory }) => memory.refresh(context, T0)?.posteriorFor(context));
      expect(a).toBeDefined();
      expect(b).toEqual(a);
    }
  });

  it('forgets everything when it starts over, and teaches the same again', () => {
    const { memory, teacher } = open();
    const outcomes = Array.from({ length: 30 }, (_, i) => outcome({ success: i % 3 === 0, atMs: T0 + i * 1_000 }));
    const context = { ...KIND, attemptNumber: 1, incidentAgeMs: 0 };
    const teachAll = () => {
      for (const taught of outcomes) teacher.teach(taught, DEFAULT_LEARNING);
      return memory.refresh(context, T0)?.posteriorFor(context);
    };
    const first = teachAll();
    teacher.startOver();
    teacher.settle();
    expect(memory.countOf(KIND)).toBe(0);
    expect(teachAll()).toEqual(first);
  });
});
