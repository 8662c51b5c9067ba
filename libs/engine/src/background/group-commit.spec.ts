import { describe, expect, it } from '@jest/globals';
import { SmartRetryError } from '@smart-retry/domain';
import { GroupCommit, type GroupCommitOptions } from './group-commit.js';

const commit = (changes: Partial<GroupCommitOptions<number, string>> = {}) => {
  const writes: (readonly number[])[] = [];
  const group = new GroupCommit<number, string>({
    write: (items) => {
      writes.push(items);
      return Promise.resolve(items.map(String));
    },
    maxBatchItems: 100,
    maxInFlight: 1,
    maxQueuedItems: 1_000,
    ...changes,
  });
  return { group, writes };
};

describe('GroupCommit', () => {
  it('writes what concurrent callers submit at once, and gives each its own results', async () => {
    const { group, writes } = commit();
    const results = await Promise.all([group.submit([1, 2]), group.submit([3]), group.submit([4, 5])]);
    expect(writes).toEqual([[1, 2, 3, 4, 5]]);
    expect(results).toEqual([['1', '2'], ['3'], ['4', '5']]);
  });

  it('gathers further items while a write is under way', async () => {
    let finishFirst = () => {};
    const sizes: number[] = [];
    const { group } = commit({
      write: async (items) => {
        sizes.push(items.length);
        if (sizes.length === 1) await new Promise<void>((resolve) => (finishFirst = resolve));
        return items.map(String);
      },
    });
    const first = group.submit([1]);
    await new Promise((resolve) => setImmediate(resolve));
    const later = [2, 3, 4].map((item) => group.submit([item]));
    await new Promise((resolve) => setImmediate(resolve));
    finishFirst();
    await Promise.all([first, ...later]);
    expect(sizes).toEqual([1, 3]);
  });

  it('never splits what one caller submitted, even beyond the batch size', async () => {
    const { group, writes } = commit({ maxBatchItems: 3 });
    await Promise.all([group.submit([1, 2]), group.submit([3, 4]), group.submit([5, 6, 7, 8, 9])]);
    expect(writes).toEqual([
      [1, 2],
      [3, 4],
      [5, 6, 7, 8, 9],
    ]);
  });

  it('keeps a bad item from spoiling those of other callers', async () => {
    const { group } = commit({
      write: (items) => (items.includes(13) ? Promise.reject(new Error('bad')) : Promise.resolve(items.map(String))),
    });
    const settled = await Promise.allSettled([group.submit([1]), group.submit([13]), group.submit([2])]);
    expect(settled.map((s) => s.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('tries a store that is away only once', async () => {
    let writes = 0;
    const { group } = commit({
      write: () => {
        writes++;
        return Promise.reject(new SmartRetryError('STORE_UNAVAILABLE', 'away'));
      },
    });
    const settled = await Promise.allSettled([group.submit([1]), group.submit([2])]);
    expect(settled.map((s) => s.status)).toEqual(['rejected', 'rejected']);
    expect(writes).toBe(1);
  });

  it('refuses more than it may hold, and takes items again once there is room', async () => {
    const { group } = commit({ maxQueuedItems: 3 });
    const accepted = group.submit([1, 2]);
    await expect(group.submit([3, 4])).rejects.toMatchObject({ code: 'OVERLOADED' });
    await accepted;
    await expect(group.submit([3, 4])).resolves.toEqual(['3', '4']);
  });

  it('drains: everything submitted before is settled', async () => {
    const { group, writes } = commit({ maxBatchItems: 1 });
    const all = [1, 2, 3].map((item) => group.submit([item]));
    await group.drain();
    expect(writes).toHaveLength(3);
    await Promise.all(all);
  });
});
