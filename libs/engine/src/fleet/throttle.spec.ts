import { describe, expect, it } from '@jest/globals';
import { Throttle } from './throttle.js';

describe('Throttle', () => {
  /** The pace after twenty retries were throttled, as many as the first tries were before. */
  const afterThrottled = (firstTriesPerSecond: number | null) => {
    const throttle = new Throttle();
    throttle.noteThrottled(1, 0);
    for (let i = 0; i < 20; i++) throttle.noteRetry('throttled', firstTriesPerSecond, 0);
    return throttle.paceAt(0, { firstTries: null, seen: null }, 1);
  };

  it('learns nothing from retries that no pace held back, because first tries are not known', () => {
    expect(afterThrottled(null)).toBe(1);
  });

  it('control: becomes slower where they are', () => {
    expect(afterThrottled(1)).toBeLessThan(0.5);
  });

  it('is as fast as the jobs need that wait, where they are seen to', () => {
    const paceOf = (waiting: number, { replicas = 1, untilMs = 10_000 } = {}) => {
      const throttle = new Throttle();
      throttle.noteThrottled(1, 0);
      for (let i = 0; i < waiting; i++) throttle.notePutOff(untilMs, 0);
      return throttle.paceAt(
        5_000,
        { firstTries: { perSecond: 1, latelyPerSecond: 1, unaskedShare: 0 }, seen: null },
        replicas,
      );
    };
    expect(paceOf(0)).toBe(1);
    expect(paceOf(360)).toBeCloseTo(2, 1);
    expect(paceOf(180, { replicas: 2 })).toBeCloseTo(2, 1);
    // They have asked again by then.
    expect(paceOf(360, { untilMs: 1_000 })).toBe(1);
  });
});
