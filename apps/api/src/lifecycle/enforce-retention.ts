import type { Clock } from '@smart-retry/domain';
import type { Configuration } from '@smart-retry/engine';
import type { Stores } from './open-stores.js';

const DAY_MS = 86_400_000;

/** Drops the days of attempts and decisions that are older than the retention. @throws {STORE_UNAVAILABLE} */
export async function enforceRetention(
  configuration: Configuration,
  { attempts, decisions }: Pick<Stores, 'attempts' | 'decisions'>,
  clock: Clock,
): Promise<void> {
  const beforeMs = clock() - configuration.current().strategy.dataCollection.retentionDays * DAY_MS;
  await attempts.dropBefore(beforeMs);
  await decisions.dropBefore(beforeMs);
}
