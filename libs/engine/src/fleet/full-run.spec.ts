import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FullRun } from './full-run.js';

describe('FullRun', () => {
  it('finds what a look at every window finds, while bookings are only added', () => {
    const step = fc.record({ from: fc.nat(20), booked: fc.nat(30), units: fc.integer({ min: 1, max: 3 }) });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const left = new Map<number, number>();
        const leftIn = (second: number) => left.get(second) ?? 3;
        const run = new FullRun();
        for (const { from, booked, units } of steps) {
          left.set(booked, leftIn(booked) - 1);
          const until = 30;
          let expected: number | null = from;
          while (expected < until && leftIn(expected) < units) expected++;
          if (expected >= until) expected = null;
          const terms = ['same'];
          const hasRoom = (second: number) => leftIn(second) >= units;
          expect(run.firstFree({ from, until, windowSeconds: 1, units, terms, version: 0, hasRoom })).toBe(expected);
        }
      }),
    );
  });

  it('looks anew when room may have come back, or terms have changed', () => {
    const run = new FullRun();
    const look = (hasRoom: boolean, version: number, terms: readonly unknown[]) =>
      run.firstFree({ from: 0, until: 5, windowSeconds: 1, units: 1, terms, version, hasRoom: () => hasRoom });
    expect(look(false, 0, ['a'])).toBeNull();
    expect([look(true, 0, ['a']), look(true, 1, ['a'])]).toEqual([null, 0]);
    expect(look(false, 1, ['a'])).toBeNull();
    expect(look(true, 1, ['b'])).toBe(0);
  });
});
