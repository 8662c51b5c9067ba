import { describe, expect, it } from '@jest/globals';
import { countTests, formatCounts } from './count-tests.mjs';

describe('countTests', () => {
  it('counts single tests, and a suite that could not run as one failure', () => {
    const counts = countTests({ numPassedTests: 7, numFailedTests: 2, numRuntimeErrorTestSuites: 1 });
    expect(formatCounts(counts)).toBe('7 passed, 3 failed');
  });
});
