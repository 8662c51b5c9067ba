import { expect, it } from '@jest/globals';
import { DEFAULT_STRATEGY, NEW_BREAKER } from '@smart-retry/domain';
import { T0 } from '@smart-retry/domain/testing';
import { slotOf } from './call-tally.js';
import { Dependency } from './dependency.js';
import { mostReturningUnits } from './returning-units.js';

it('are as many as the dependency can turn away, and none where it serves too few; probes do not say that', () => {
  const unitsAt = (state: 'open' | 'half_open', retriesSucceeded: number) => {
    const dependency = new Dependency({ isSharing: false, objective: () => DEFAULT_STRATEGY.objective });
    dependency.noteFirstTries({ succeeded: 600, failed: 0 }, T0 - 300_000, T0, T0);
    dependency.adoptBreaker({ ...NEW_BREAKER, state, version: 1, sinceMs: T0 });
    dependency.calls.add('firstAsked', slotOf(T0) - 1, 120);
    dependency.calls.add('retriesSucceeded', slotOf(T0) - 1, retriesSucceeded);
    return Math.round(mostReturningUnits(dependency, T0));
  };
  expect([0, 12, 24, 120].map((succeeded) => unitsAt('open', succeeded))).toEqual([8, 8, 0, Infinity]);
  expect(unitsAt('half_open', 24)).toBe(8);
});
