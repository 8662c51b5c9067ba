import { describe, expect, it } from '@jest/globals';
import { MemoryContest } from './memory-contest.js';

const judged = (times: number, fast: number, slow: number, success = true) => {
  const contest = new MemoryContest();
  for (let i = 0; i < times; i++) contest.judge(fast, slow, { success });
  return contest.fastShare;
};

describe('MemoryContest', () => {
  it('prefers the slow memory before anything is known, and as long as both predict alike', () => {
    expect(judged(0, 0.5, 0.5)).toBeLessThan(0.5);
    expect(judged(1_000, 0.7, 0.7)).toBe(judged(0, 0.5, 0.5));
  });

  it('believes the fast memory once it has long predicted better', () => {
    expect(judged(200, 0.95, 0.3)).toBeGreaterThan(0.9);
    expect(judged(200, 0.05, 0.7, false)).toBeGreaterThan(0.9);
    expect(judged(200, 0.3, 0.95)).toBeLessThan(0.01);
  });

  it('gives it up again after the slow one has predicted better', () => {
    const contest = new MemoryContest();
    for (let i = 0; i < 200; i++) contest.judge(0.95, 0.3, { success: true });
    for (let i = 0; i < 400; i++) contest.judge(0.3, 0.95, { success: true });
    expect(contest.fastShare).toBeLessThan(0.01);
  });

  it('bears predictions that were certain and wrong', () => {
    const share = judged(1_000, 0, 1);
    expect(share).toBeGreaterThanOrEqual(0);
    expect(Number.isFinite(share)).toBe(true);
  });
});
