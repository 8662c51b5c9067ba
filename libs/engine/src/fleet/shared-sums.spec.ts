import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SharedSums } from './shared-sums.js';

const KEY = 7;

describe('likelyShared', () => {
  /** After an exchange in which this process told so much, and heard that all together have so much. */
  const after = (sent: number, all: number) => {
    const sums = new SharedSums();
    sums.add(KEY, sent);
    sums.adopt(new Map([[KEY, all]]), sums.unshared());
    return sums;
  };

  it('takes what was told just now for told by each of the others, too', () => {
    expect(after(4, 4).likelyShared(KEY, 3)).toBe(12);
    expect(after(4, 4).likelyShared(KEY, 1)).toBe(4);
  });

  it('believes that until the next exchange', () => {
    const sums = after(4, 4);
    sums.adopt(new Map([[KEY, 10]]), sums.unshared());
    expect(sums.likelyShared(KEY, 3)).toBe(10);
  });

  it('takes nothing that is given back for given back by others: there is never more room than is known of', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -50, max: 50 }),
        fc.nat(50),
        fc.integer({ min: 1, max: 5 }),
        (sent, all, sharers) => {
          expect(after(sent, all).likelyShared(KEY, sharers)).toBeGreaterThanOrEqual(all);
        },
      ),
    );
  });
});
