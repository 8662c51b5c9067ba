import { describe, expect, it } from '@jest/globals';
import { DEFAULT_LEARNING, learningProblems, type LearningSettings } from './learning.js';

const pathsOf = (changes: Partial<LearningSettings>) =>
  learningProblems({ ...DEFAULT_LEARNING, ...changes }, 'learning.').map(({ path }) => path);

describe('learningProblems', () => {
  it('finds none in the defaults, nor in settings that say all they can', () => {
    expect(pathsOf({})).toEqual([]);
    expect(
      pathsOf({
        mode: 'observe',
        jobTypes: [{ jobType: 'a', mode: 'off', pinnedAtMs: 2, ignoreBeforeMs: 1 }, { jobType: 'b' }],
        excludedWindows: [{ fromMs: 0, toMs: 1, jobType: 'a', dependency: 'd', reason: 'r' }],
      }),
    ).toEqual([]);
  });

  it.each([
    [[{ jobType: 'a' }, { jobType: 'a' }], 'job_types[1].job_type'],
    [[{ jobType: '' }], 'job_types[0].job_type'],
    [[{ jobType: 'x'.repeat(256) }], 'job_types[0].job_type'],
    [[{ jobType: 'a', pinnedAtMs: Number.NaN }], 'job_types[0].pinned_at'],
    [[{ jobType: 'a', ignoreBeforeMs: -1 }], 'job_types[0].ignore_before'],
    [[{ jobType: 'a', pinnedAtMs: 5, ignoreBeforeMs: 5 }], 'job_types[0].ignore_before'],
    [Array.from({ length: 1_001 }, (_, i) => ({ jobType: `j${i}` })), 'job_types'],
  ])('names the field of a job type that is unsound: %#', (jobTypes, path) => {
    expect(pathsOf({ jobTypes })).toEqual([`learning.${path}`]);
  });

  it.each([
    [[{ fromMs: 5, toMs: 5 }], 'excluded_windows[0].to'],
    [[{ fromMs: 6, toMs: 5 }], 'excluded_windows[0].to'],
    [[{ fromMs: -1, toMs: 5 }], 'excluded_windows[0].from'],
    [[{ fromMs: 0, toMs: 8e15 }], 'excluded_windows[0].to'],
    [[{ fromMs: 0, toMs: 1, jobType: '' }], 'excluded_windows[0].job_type'],
    [[{ fromMs: 0, toMs: 1, dependency: 'x'.repeat(256) }], 'excluded_windows[0].dependency'],
    [[{ fromMs: 0, toMs: 1, reason: 'x'.repeat(256) }], 'excluded_windows[0].reason'],
    [Array.from({ length: 1_001 }, () => ({ fromMs: 0, toMs: 1 })), 'excluded_windows'],
  ])('names the field of a window that is unsound: %#', (excludedWindows, path) => {
    expect(pathsOf({ excludedWindows })).toEqual([`learning.${path}`]);
  });
});
