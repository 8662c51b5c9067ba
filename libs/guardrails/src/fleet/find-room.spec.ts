import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { findRoom } from './find-room.js';

/** Room in the seconds that a set holds. */
const roomIn = (seconds: readonly number[]) => ({
  scope: 's',
  isEstimated: false,
  isClosed: false,
  waitsApart: true,
  waitingAt: () => 0,
  retriesPerSecond: () => 1,
  firstPlace: (wanted: number) => [...seconds].sort((a, b) => a - b).find((second) => second >= wanted) ?? null,
  describeLeft: () => '',
});

describe('findRoom', () => {
  it('is the first second in which all have room, held by whoever came last to have it', () => {
    const [budget, quota] = [roomIn([3, 5, 9]), roomIn([4, 9, 12])];
    expect(findRoom(1, 2, 0, { budget, limits: [quota] })).toEqual({ second: 9, heldBy: quota });
  });

  it('asks no budget for a retry that costs none', () => {
    expect(findRoom(1, 0, 0, { budget: roomIn([]), limits: [] })).toEqual({ second: 1, heldBy: null });
  });

  it('finds what a look at every second finds', () => {
    const seconds = fc.array(fc.nat(30), { maxLength: 20 });
    fc.assert(
      fc.property(seconds, fc.array(seconds, { maxLength: 3 }), fc.nat(30), (ofBudget, ofLimits, wanted) => {
        const all = [ofBudget, ...ofLimits];
        const expected = Array.from({ length: 31 }, (_, i) => i).find(
          (second) => second >= wanted && all.every((free) => free.includes(second)),
        );
        const { second } = findRoom(wanted, 2, 0, { budget: roomIn(ofBudget), limits: ofLimits.map(roomIn) });
        expect(second).toBe(expected ?? null);
      }),
    );
  });
});
