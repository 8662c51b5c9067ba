import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isExplorable, isTeaching, learningModeOf, type TeachingQuestion } from './learning-index.js';
import { DEFAULT_LEARNING, type LearningSettings } from './learning.js';

const someLearning = (changes: Partial<LearningSettings>): LearningSettings => ({ ...DEFAULT_LEARNING, ...changes });
const outcome = (changes: Partial<TeachingQuestion> = {}): TeachingQuestion => ({
  jobType: 'mail',
  dependency: 'smtp',
  atMs: 100,
  ...changes,
});

describe('learningModeOf', () => {
  it("is the job type's own, else the general one", () => {
    const settings = someLearning({
      mode: 'observe',
      jobTypes: [
        { jobType: 'mail', mode: 'on' },
        { jobType: 'pinned', pinnedAtMs: 1 },
      ],
    });
    expect(['mail', 'pinned', 'other'].map((jobType) => learningModeOf(settings, jobType))).toEqual([
      'on',
      'observe',
      'observe',
    ]);
  });
});

describe('isExplorable', () => {
  it.each([
    [{}, true],
    [{ mode: 'observe' }, false],
    [{ mode: 'off' }, false],
    [{ jobTypes: [{ jobType: 'mail', pinnedAtMs: 1 }] }, false],
    [{ jobTypes: [{ jobType: 'mail', mode: 'observe' }] }, false],
    [{ mode: 'off', jobTypes: [{ jobType: 'mail', mode: 'on' }] }, true],
    [{ jobTypes: [{ jobType: 'other', pinnedAtMs: 1 }] }, true],
    [{ jobTypes: [{ jobType: 'mail', ignoreBeforeMs: 1 }] }, true],
  ] as const)('under %p is %p', (changes, expected) => {
    expect(isExplorable(someLearning(changes), 'mail')).toBe(expected);
  });
});

describe('isTeaching', () => {
  it('holds for every outcome by default, and where rules answer', () => {
    expect(isTeaching(DEFAULT_LEARNING, outcome())).toBe(true);
    expect(isTeaching(someLearning({ mode: 'observe' }), outcome())).toBe(true);
  });

  it('does not hold where learning is off', () => {
    expect(isTeaching(someLearning({ mode: 'off' }), outcome())).toBe(false);
    const offForMail = someLearning({ jobTypes: [{ jobType: 'mail', mode: 'off' }] });
    expect(isTeaching(offForMail, outcome())).toBe(false);
    expect(isTeaching(offForMail, outcome({ jobType: 'sync' }))).toBe(true);
  });

  it('holds from a reset until a pin', () => {
    const settings = someLearning({ jobTypes: [{ jobType: 'mail', ignoreBeforeMs: 100, pinnedAtMs: 200 }] });
    expect([99, 100, 199, 200].map((atMs) => isTeaching(settings, outcome({ atMs })))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(isTeaching(settings, outcome({ jobType: 'sync', atMs: 99 }))).toBe(true);
  });

  it('does not hold within a window for all, for the job type, for the dependency, or for both', () => {
    const within = { fromMs: 100, toMs: 200 };
    const teaches = (scope: object, changes: Partial<TeachingQuestion> = {}) =>
      isTeaching(someLearning({ excludedWindows: [{ ...within, ...scope }] }), outcome(changes));
    for (const scope of [{}, { jobType: 'mail' }, { dependency: 'smtp' }, { jobType: 'mail', dependency: 'smtp' }]) {
      expect([99, 100, 199, 200].map((atMs) => teaches(scope, { atMs }))).toEqual([true, false, false, true]);
    }
    expect(teaches({ jobType: 'mail' }, { jobType: 'sync' })).toBe(true);
    expect(teaches({ dependency: 'smtp' }, { dependency: 'erp' })).toBe(true);
    expect(teaches({ jobType: 'mail', dependency: 'smtp' }, { dependency: 'erp' })).toBe(true);
  });

  it('answers what a walk over all settings answers', () => {
    const label = fc.constantFrom('a', 'b', 'c');
    const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
    const atMs = fc.nat(40);
    const settings = fc.record({
      mode: fc.constantFrom('on', 'observe', 'off'),
      jobTypes: fc.uniqueArray(
        fc.record(
          { jobType: label, mode: fc.constantFrom('on', 'off'), pinnedAtMs: atMs, ignoreBeforeMs: atMs },
          { requiredKeys: ['jobType'] },
        ),
        { selector: ({ jobType }) => jobType },
      ),
      excludedWindows: fc.array(
        fc
          .tuple(atMs, fc.integer({ min: 1, max: 12 }), maybe(label), maybe(label))
          .map(([fromMs, lengthMs, jobType, dependency]) => ({
            fromMs,
            toMs: fromMs + lengthMs,
            ...(jobType !== undefined && { jobType }),
            ...(dependency !== undefined && { dependency }),
          })),
        { maxLength: 12 },
      ),
    });
    fc.assert(
      fc.property(settings, fc.record({ jobType: label, dependency: label, atMs }), (given, question) => {
        expect(isTeaching(given, question)).toBe(walk(given, question));
      }),
      { numRuns: 2_000 },
    );
  });
});

function walk(settings: LearningSettings, { jobType, dependency, atMs }: TeachingQuestion): boolean {
  const own = settings.jobTypes.find((entry) => entry.jobType === jobType);
  return (
    (own?.mode ?? settings.mode) !== 'off' &&
    atMs >= (own?.ignoreBeforeMs ?? -Infinity) &&
    atMs < (own?.pinnedAtMs ?? Infinity) &&
    !settings.excludedWindows.some(
      (window) =>
        (window.jobType ?? jobType) === jobType &&
        (window.dependency ?? dependency) === dependency &&
        atMs >= window.fromMs &&
        atMs < window.toMs,
    )
  );
}
