import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  ageKeyOf,
  ATTEMPT_GROUPS,
  attemptGroupOf,
  familyKeyOf,
  stateKeyOf,
  subjectKeyOf,
  subjectPathOf,
  tenantKeyOf,
} from './failure-context.js';
import { someContext } from './testing/builders.js';

describe('attemptGroupOf', () => {
  it('keeps the first three attempts apart and all later ones together', () => {
    expect([1, 2, 3, 4, 5, 1_000_000].map(attemptGroupOf)).toEqual([0, 1, 2, 3, 3, 3]);
    expect(attemptGroupOf(1_000)).toBe(ATTEMPT_GROUPS - 1);
  });
});

describe('keys of cells', () => {
  // Labels as an attacker of the separators would choose them.
  const label = fc.constantFrom('a', 'b', 'a:a', 'a:b', 'b:a', '1:a', 'a1:a', 'ac1:a');
  const labels = fc.record({
    jobType: label,
    errorClass: label,
    errorCode: fc.option(label, { nil: undefined }),
    tenant: fc.option(label, { nil: undefined }),
    age: fc.nat(8),
    attempt: fc.nat(3),
  });
  type Labels = typeof labels extends fc.Arbitrary<infer T> ? T : never;
  const allKeysOf = ({ age, attempt, tenant, ...rest }: Labels) => {
    const context = someContext(rest);
    const subject = subjectKeyOf(context);
    const state = stateKeyOf(subject, age, attempt);
    const own = [...subjectPathOf(context), ageKeyOf(subject, age), state];
    return tenant === undefined ? own : [...own, tenantKeyOf(state, tenant)];
  };
  const meaningsOf = ({ jobType, errorClass, errorCode, age, attempt, tenant }: Labels) => {
    const family = [errorClass, jobType];
    const subject = errorCode === undefined ? family : [...family, { errorCode }];
    const path = errorCode === undefined ? [[errorClass], family] : [[errorClass], family, subject];
    const own = [...path, [...subject, { age }], [...subject, { age }, { attempt }]];
    const all = tenant === undefined ? own : [...own, [...subject, { age }, { attempt }, { tenant }]];
    return all.map((meaning) => JSON.stringify(meaning));
  };

  it('are equal only where they mean the same, whatever separators the labels contain', () => {
    fc.assert(
      fc.property(labels, labels, (a, b) => {
        const [keysOfA, keysOfB] = [allKeysOf(a), allKeysOf(b)];
        const [meaningsOfA, meaningsOfB] = [meaningsOf(a), meaningsOf(b)];
        const compare = (ofA: readonly string[], ofB: readonly string[]) => ofA.map((x) => ofB.map((y) => x === y));
        expect(compare(keysOfA, keysOfB)).toEqual(compare(meaningsOfA, meaningsOfB));
      }),
      { numRuns: 2_000 },
    );
  });

  it('count a family whatever the code', () => {
    const context = someContext({ errorCode: '504' });
    expect(familyKeyOf(context)).toBe(familyKeyOf(someContext()));
    expect(subjectPathOf(context)).toHaveLength(3);
  });
});
