import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Continuation } from './continuation.js';

const noted = (notes: readonly boolean[]) => {
  const continuation = new Continuation();
  for (const hasContinued of notes) continuation.note({ hasContinued });
  return continuation.share;
};
const many = (hasContinued: boolean, count = 500) => new Array<boolean>(count).fill(hasContinued);

describe('Continuation', () => {
  it('thinks before anything is known that incidents go on more often than not', () => {
    expect(noted([])).toBeGreaterThan(0.5);
    expect(noted([])).toBeLessThan(1);
  });

  it('follows what is noted, the last of it most', () => {
    expect(noted(many(true))).toBeGreaterThan(0.9);
    expect(noted(many(false))).toBeLessThan(0.1);
    expect(noted([...many(true), ...many(false)])).toBeLessThan(0.2);
  });

  it('rises with each that continued, falls with each that did not, and stays a share', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean()), (notes) => {
        const share = noted(notes);
        expect(share).toBeGreaterThan(0);
        expect(share).toBeLessThan(1);
        expect(noted([...notes, true])).toBeGreaterThanOrEqual(noted([...notes, false]));
      }),
    );
  });
});
