import { describe, expect, it } from '@jest/globals';
import { BIN_COUNT, delayOfBin } from './delay-grid.js';
import { AGE_AFTER_WAIT, AGE_GROUPS, AGED_SHARES, ageGroupOf, KNOWN_AGE_GROUPS } from './incident-age.js';

const UNKNOWN = ageGroupOf(undefined);
const after = (group: number, bin: number) => AGE_AFTER_WAIT[group * BIN_COUNT + bin];

describe('age groups of an incident', () => {
  it('begin at 0, rise with the age, and end with one for whatever is older', () => {
    const ages = Array.from({ length: 10_000 }, (_, i) => i * 1_000);
    const groups = ages.map(ageGroupOf);
    expect(groups).toEqual(groups.toSorted((a, b) => a - b));
    expect(new Set(groups).size).toBe(AGE_GROUPS - 1);
    expect(ageGroupOf(0)).toBe(0);
    expect(ageGroupOf(1e12)).toBe(AGE_GROUPS - 2);
  });

  it('keep an age that is not known apart from all that are', () => {
    expect(UNKNOWN).toBe(AGE_GROUPS - 1);
    expect(ageGroupOf(1e12)).not.toBe(UNKNOWN);
  });

  it('never grow younger by waiting, and are after a wait at least as old as the wait', () => {
    for (let bin = 0; bin < BIN_COUNT; bin++) {
      for (let group = 0; group < UNKNOWN; group++) {
        expect(after(group, bin)).toBeGreaterThanOrEqual(group);
        expect(after(group, bin)).toBeGreaterThanOrEqual(ageGroupOf(delayOfBin(bin)));
      }
      expect(after(UNKNOWN, bin)).toBe(ageGroupOf(delayOfBin(bin)));
    }
  });

  it('have shares after a wait that sum to 1, and none in a group that is younger than the wait or than before', () => {
    for (let group = 0; group < AGE_GROUPS; group++) {
      for (let bin = 0; bin < BIN_COUNT; bin++) {
        const begin = (group * BIN_COUNT + bin) * KNOWN_AGE_GROUPS;
        const shares = [...AGED_SHARES.subarray(begin, begin + KNOWN_AGE_GROUPS)];
        expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
        const youngest = Math.max(group === UNKNOWN ? 0 : group, ageGroupOf(delayOfBin(bin)));
        expect(shares.slice(0, youngest).every((share) => share === 0)).toBe(true);
        if (group !== UNKNOWN) expect(shares[after(group, bin) ?? -1]).toBeGreaterThan(0);
      }
    }
  });
});
