import type { Clock } from '@smart-retry/domain';
import type { Configuration } from '@smart-retry/engine';
import type { Stores } from './open-stores.js';

const DAY_MS = 86_400_000;

/**
 * Drops the days of attempts and decisions that are older than the retention: the one that is stored now, because what a
 * process starts with when it cannot read the configuration may keep less, and what is dropped is gone for all.
 *
 * @throws {STORE_UNAVAILABLE}
 */
export async function enforceRetention(
  configuration: Pick<Configuration, 'refresh' | 'current'>,
  { attempts, decisions }: Pick<Stores, 'attempts' | 'decisions'>,
  clock: Clock,
): Promise<void> {
  await configuration.refresh();
  const beforeMs = clock() - configuration.current().strategy.dataCollection.retentionDays * DAY_MS;
  await attempts.dropBefore(beforeMs);
  await decisions.dropBefore(beforeMs);
}
