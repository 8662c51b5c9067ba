import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { repeat } from './repeat.js';

describe('repeat', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  const errors: unknown[] = [];
  const onError = (error: unknown) => errors.push(error);

  it('waits after each run, and sooner where it is told to', async () => {
    const task = jest.fn(async () => {});
    const stop = repeat(task, { intervalMs: 1_000, firstMs: 0, onError });
    await jest.advanceTimersByTimeAsync(0);
    expect(task).toHaveBeenCalledTimes(1);
    await jest.advanceTimersByTimeAsync(999);
    expect(task).toHaveBeenCalledTimes(1);
    await jest.advanceTimersByTimeAsync(1);
    expect(task).toHaveBeenCalledTimes(2);
    stop();
    await jest.advanceTimersByTimeAsync(5_000);
    expect(task).toHaveBeenCalledTimes(2);
  });

  it('comes back sooner after a failure, and says so', async () => {
    const task = jest.fn(async () => {});
    task.mockRejectedValueOnce(new Error('away'));
    const stop = repeat(task, { intervalMs: 1_000, retryMs: 10, onError });
    await jest.advanceTimersByTimeAsync(1_000);
    expect(errors).toEqual([new Error('away')]);
    await jest.advanceTimersByTimeAsync(10);
    expect(task).toHaveBeenCalledTimes(2);
    await jest.advanceTimersByTimeAsync(999);
    expect(task).toHaveBeenCalledTimes(2);
    stop();
  });
});
