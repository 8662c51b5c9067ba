import type { SigningKeyStore } from '@smart-retry/domain';
import type { ConfigurationSession } from './configuration-session.js';
import { SigningKey } from './entities.js';

const PURPOSE = 'recommendation_id';

/** The signing key that all replicas share. */
export class PostgresSigningKeyStore implements SigningKeyStore {
  readonly #session: ConfigurationSession;

  constructor(session: ConfigurationSession) {
    this.#session = session;
  }

  async loadOrCreate(candidate: Uint8Array): Promise<Uint8Array> {
    return this.#session.run(async (manager) => {
      await manager
        .createQueryBuilder()
        .insert()
        .into(SigningKey)
        .values({ purpose: PURPOSE, key: Buffer.from(candidate) })
        .orIgnore()
        .execute();
      const stored = await manager.findOneByOrFail(SigningKey, { purpose: PURPOSE });
      return Uint8Array.from(stored.key);
    });
  }
}
