import { describe, expect, it } from '@jest/globals';
import { Throttle } from './throttle.js';

describe('Throttle', () => {
  /** The pace after twenty retries were throttled, as many as the first tries were before. */
  const afterThrottled = (firstTriesPerSecond: number | null) => {
    const throttle = new Throttle();
    throttle.noteThrottled(1, 0);
    for (let i = 0; i < 20; i++) throttle.noteRetry('throttled', firstTriesPerSecond, 0);
    return throttle.paceAt(0);
  };

  it('learns nothing from retries that no pace held back, because first tries are not known', () => {
    expect(afterThrottled(null)).toBe(1);
  });

  it('control: becomes slower where they are', () => {
    expect(afterThrottled(1)).toBeLessThan(0.5);
  });

  it('is as fast as the jobs need that wait, where they are seen to', () => {
    const throttle = new Throttle();
    throttle.noteThrottled(1, 0);
    const paces = [0, 360].map((waiting) =>
      throttle.paceAt(0, { firstTries: { perSecond: 1, unaskedShare: 0 }, seen: null, waiting }),
    );
    expect(paces[0]).toBe(1);
    expect(paces[1]).toBeCloseTo(2, 1);
  });
});
