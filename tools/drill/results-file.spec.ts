import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openResults } from './results-file.mjs';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'smart-retry-results-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('results of several sessions', () => {
  it('keep the last run of each seed and control, and everything that was ever red', () => {
    const path = join(folder, 'drill.ndjson');
    openResults(path).keep({ schedule: { seed: 2 }, isGreen: false });
    openResults(path).keep({ invariant: 'lost', how: 'a control', isRed: false });
    const later = openResults(path);
    later.keep({ schedule: { seed: 2 }, isGreen: true });
    later.keep({ schedule: { seed: 1 }, isGreen: true });
    later.keep({ invariant: 'lost', how: 'a control', isRed: true });
    const all = openResults(path);
    expect(all.runs.map(({ schedule, isGreen }) => [schedule.seed, isGreen])).toEqual([
      [1, true],
      [2, true],
    ]);
    expect(all.redRuns).toMatchObject([{ schedule: { seed: 2 } }]);
    expect(all.controls).toMatchObject([{ isRed: true }]);
    expect(all.runs[0]?.commit).toMatch(/^[0-9a-f]{7,}$/);
  });

  it('are kept nowhere without a file', () => {
    openResults(undefined).keep({ schedule: { seed: 1 }, isGreen: true });
    expect(openResults(undefined).runs).toEqual([]);
  });
});
