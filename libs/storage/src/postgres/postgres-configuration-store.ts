import type {
  ConfigurationChange,
  ConfigurationHistoryEntry,
  ConfigurationStore,
  EpochMs,
  KeptResponse,
  StoredConfiguration,
} from '@smart-retry/domain';
import { LessThan, MoreThan, type EntityManager } from 'typeorm';
import { configurationChanged } from '../configuration-changed.js';
import { configurationEvent } from '../configuration-event.js';
import { KEPT_RESPONSE_TTL_MS } from '../kept-responses.js';
import { appendChange } from './append-change.js';
import { errorCodeOf } from './classify-postgres-failure.js';
import type { ConfigurationSession } from './configuration-session.js';
import { ConfigurationRevision, KeptResponseEntity, type ConfigurationRevisionRow } from './entities.js';
import { keepResponse } from './keep-response.js';

const UNIQUE_VIOLATION = '23505';

/** The strategy and its history: one row a revision, the newest one is in force. */
export class PostgresConfigurationStore implements ConfigurationStore {
  readonly #session: ConfigurationSession;

  constructor(session: ConfigurationSession) {
    this.#session = session;
  }

  async load(): Promise<(StoredConfiguration & { readonly fileDigest: string | null }) | null> {
    const newest = await this.#session.run(findNewest);
    return newest === null ? null : { ...toStored(newest), fileDigest: newest.fileDigest };
  }

  async revision(): Promise<number> {
    return this.#session.run(async (manager) => (await manager.maximum(ConfigurationRevision, 'revision')) ?? 0);
  }

  async commit(change: ConfigurationChange): Promise<StoredConfiguration> {
    return this.#session.run((manager) =>
      manager.transaction(async (transaction) => {
        if (change.keep !== undefined) await keepResponse(transaction, change.keep);
        const newest = await findNewest(transaction);
        if ((newest?.revision ?? 0) !== change.expectedRevision) throw configurationChanged(change.expectedRevision);
        const row: ConfigurationRevisionRow = {
          revision: change.expectedRevision + 1,
          strategy: change.strategy,
          changedAtMs: change.atMs,
          changedBy: change.actor,
          action: change.action,
          target: change.target,
          reason: change.reason ?? null,
          fileDigest: change.fileDigest ?? newest?.fileDigest ?? null,
        };
        await insertRevision(transaction, row);
        await appendChange(transaction, configurationEvent(change));
        return toStored(row);
      }),
    );
  }

  async history(page: {
    readonly limit: number;
    readonly beforeRevision?: number;
  }): Promise<readonly ConfigurationHistoryEntry[]> {
    const rows = await this.#session.run((manager) =>
      manager.find(ConfigurationRevision, {
        ...(page.beforeRevision === undefined ? {} : { where: { revision: LessThan(page.beforeRevision) } }),
        order: { revision: 'DESC' },
        take: page.limit,
      }),
    );
    return rows.map((row) => ({ ...toStored(row), action: row.action, target: row.target, reason: row.reason }));
  }

  async keepResponse(response: KeptResponse): Promise<void> {
    await this.#session.run((manager) => keepResponse(manager, response));
  }

  async keptResponse(key: string, nowMs: EpochMs): Promise<KeptResponse | null> {
    return this.#session.run((manager) =>
      manager.findOneBy(KeptResponseEntity, { key, keptAtMs: MoreThan(nowMs - KEPT_RESPONSE_TTL_MS) }),
    );
  }
}

async function findNewest(manager: EntityManager): Promise<ConfigurationRevisionRow | null> {
  const [newest] = await manager.find(ConfigurationRevision, { order: { revision: 'DESC' }, take: 1 });
  return newest ?? null;
}

/** The primary key decides between two changes made from the same revision at once. */
async function insertRevision(manager: EntityManager, row: ConfigurationRevisionRow): Promise<void> {
  try {
    await manager.insert(ConfigurationRevision, row);
  } catch (error) {
    throw errorCodeOf(error) === UNIQUE_VIOLATION ? configurationChanged(row.revision - 1) : error;
  }
}

function toStored({ revision, strategy, changedAtMs, changedBy }: ConfigurationRevisionRow): StoredConfiguration {
  return { revision, strategy, changedAtMs, changedBy };
}
