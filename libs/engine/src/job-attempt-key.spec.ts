import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { jobAttemptKey } from './job-attempt-key.js';

/** Of few characters, so that many of two are nearly the same. */
const label = fc.string({ unit: fc.constantFrom('a', ':', '1'), maxLength: 3 });
const anyJob = fc.record({
  tenant: fc.option(label, { nil: undefined }),
  jobType: label,
  jobId: label,
  attemptNumber: fc.integer({ min: 1, max: 12 }),
});

describe('jobAttemptKey', () => {
  it('is the same for the same attempt of the same job, and for no other', () => {
    fc.assert(
      fc.property(anyJob, anyJob, (a, b) => {
        const isSame =
          (a.tenant ?? '') === (b.tenant ?? '') &&
          a.jobType === b.jobType &&
          a.jobId === b.jobId &&
          a.attemptNumber === b.attemptNumber;
        expect(jobAttemptKey(a) === jobAttemptKey(b)).toBe(isSame);
        expect(jobAttemptKey({ ...a })).toBe(jobAttemptKey(a));
      }),
      { numRuns: 1_000 },
    );
  });
});
