import { describe, expect, it } from '@jest/globals';
import { FAILURE_WINDOW_MS } from '@smart-retry/domain';
import { FixedClock, T0 } from '@smart-retry/domain/testing';
import { FailureWindow } from './failure-window.js';

const open = () => {
  const clock = new FixedClock();
  const given: number[] = [];
  const failures = new FailureWindow({
    counters: {
      add: (increments) => {
        given.push(...increments.values());
        return Promise.resolve(new Map([...increments.keys()].map((key) => [key, 100])));
      },
    },
    exchangeIntervalMs: 60_000,
    maxDependencies: 2,
    clock: clock.read,
    onError: () => undefined,
  });
  return { failures, clock, given };
};

describe('FailureWindow', () => {
  it('takes over what all processes counted, and gives each failure once', async () => {
    const { failures, given } = open();
    failures.count('erp', T0);
    await failures.exchange();
    failures.count('erp', T0);
    expect(failures.recent('erp')).toBe(101);
    await failures.exchange();
    expect(given).toEqual([1, 1]);
    expect(failures.recent('erp')).toBe(100);
  });

  it('is bounded, and forgets what has not failed for a whole window', async () => {
    const { failures, clock } = open();
    for (const dependency of ['a', 'b', 'c']) failures.count(dependency, T0);
    expect(['a', 'b', 'c'].map((dependency) => failures.recent(dependency))).toEqual([0, 1, 1]);
    clock.advance(FAILURE_WINDOW_MS + 1);
    await failures.exchange();
    expect(failures.recent('c')).toBe(0);
  });
});
