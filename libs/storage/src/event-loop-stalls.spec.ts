import { describe, expect, it } from '@jest/globals';
import { EventLoopStalls } from './event-loop-stalls.js';

describe('EventLoopStalls', () => {
  it('knows of a check that came late, and of none that came in time', () => {
    let nowMs = 0;
    const stalls = new EventLoopStalls(() => nowMs);
    const passMs = (ms: number) => {
      nowMs += ms;
      stalls.check();
    };
    passMs(50);
    passMs(150);
    expect(stalls.wasStalledSince(0)).toBe(false);
    passMs(1_000);
    expect(stalls.wasStalledSince(0)).toBe(true);
    expect(stalls.wasStalledSince(1_200)).toBe(true);
    passMs(50);
    expect(stalls.wasStalledSince(1_250)).toBe(false);
  });

  it('knows of a stall that ends with the question', () => {
    let nowMs = 0;
    const stalls = new EventLoopStalls(() => nowMs);
    nowMs = 5_000;
    expect(stalls.wasStalledSince(10)).toBe(true);
  });
});
