import { describe, expect, it } from '@jest/globals';
import { DEFAULT_STRATEGY } from '@smart-retry/domain';
import type { Configuration } from '@smart-retry/engine';
import { enforceRetention } from './enforce-retention.js';

const DAY_MS = 86_400_000;
const NOW_MS = 1_000 * DAY_MS;

const keeping = (retentionDays: number) =>
  ({
    strategy: { ...DEFAULT_STRATEGY, dataCollection: { ...DEFAULT_STRATEGY.dataCollection, retentionDays } },
  }) as ReturnType<Configuration['current']>;

/** A process that has started with 30 days, beside a store that keeps `stored`; undefined: it does not answer. */
const retain = async (stored: number | undefined) => {
  const dropped: number[] = [];
  const dropBefore = async (beforeMs: number) => dropped.push(beforeMs);
  let current = keeping(30);
  const refresh = async () => {
    if (stored === undefined) throw new Error('away');
    current = keeping(stored);
  };
  const stores = { attempts: { dropBefore }, decisions: { dropBefore } } as Parameters<typeof enforceRetention>[1];
  const done = enforceRetention({ refresh, current: () => current }, stores, () => NOW_MS);
  return { dropped, done };
};

describe('enforceRetention', () => {
  it('drops attempts and decisions by what is stored, not by what the process started with', async () => {
    const { dropped, done } = await retain(365);
    await done;
    expect(dropped).toEqual([NOW_MS - 365 * DAY_MS, NOW_MS - 365 * DAY_MS]);
  });

  it('drops nothing while the configuration cannot be read', async () => {
    const { dropped, done } = await retain(undefined);
    await expect(done).rejects.toThrow('away');
    expect(dropped).toEqual([]);
  });
});
