import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { partOfQuota } from '@smart-retry/guardrails';
import { FullRun } from './full-run.js';
import { SharedSums } from './shared-sums.js';
import { WindowPlaces } from './window-places.js';

const CAPACITY = 4;

function viewOf(booked: SharedSums, windowSeconds: number): WindowPlaces {
  return new WindowPlaces({
    scope: 'some',
    windowSeconds,
    capacityOf: () => CAPACITY,
    units: 1,
    unitsPerRetry: 1,
    booked,
    keyOf: (second) => second,
    place: { replicas: 2, rank: 0 },
    partOf: partOfQuota,
    full: new FullRun(),
    capacityTerms: [CAPACITY],
    isClosed: false,
    waitsApart: true,
    waitingAt: () => 0,
    notePutOff: () => undefined,
  });
}

describe('WindowPlaces', () => {
  it('knows what it has booked, what others have, what was given back and what was compared, as one that is new does', () => {
    const second = fc.nat({ max: 40 });
    const step = fc.oneof(
      fc.record({ does: fc.constant('spend' as const), second }),
      fc.record({ does: fc.constant('book' as const), second }),
      fc.record({ does: fc.constant('giveBack' as const), second }),
      fc.record({ does: fc.constant('compare' as const), second }),
      fc.record({ does: fc.constant('look' as const), second }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.constantFrom(1, 5, 10), (steps, windowSeconds) => {
        const booked = new SharedSums();
        const view = viewOf(booked, windowSeconds);
        for (const { does, second: at } of steps) {
          if (does === 'spend') view.spend(at);
          if (does === 'book') booked.add(at, 1);
          if (does === 'giveBack') booked.add(at, -1);
          if (does === 'compare') booked.adopt(new Map([[at, 2]]), booked.unshared());
          expect(view.firstPlace(at, 0.5)).toBe(viewOf(booked, windowSeconds).firstPlace(at, 0.5));
        }
      }),
    );
  });
});
