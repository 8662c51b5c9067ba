import { describe, expect, it } from '@jest/globals';
import { OneAtATime } from './one-at-a-time.js';

describe('OneAtATime', () => {
  it('starts a task when the one before has ended, in the order of the calls', async () => {
    const events: string[] = [];
    const task = (name: string) => async () => {
      events.push(`${name} starts`);
      await new Promise((resolve) => setImmediate(resolve));
      events.push(`${name} ends`);
      return name;
    };
    const tasks = new OneAtATime();
    expect(await Promise.all([tasks.run(task('a')), tasks.run(task('b'))])).toEqual(['a', 'b']);
    expect(events).toEqual(['a starts', 'a ends', 'b starts', 'b ends']);
  });

  it('goes on after a task that failed, whose caller alone learns of it', async () => {
    const tasks = new OneAtATime();
    const failing = tasks.run(() => Promise.reject(new Error('no')));
    const next = tasks.run(() => Promise.resolve('yes'));
    await expect(failing).rejects.toThrow('no');
    expect(await next).toBe('yes');
  });
});
