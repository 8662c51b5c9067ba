import type {
  ConfigurationMirror,
  KnownRevision,
  MirroredConfiguration,
  StoredConfiguration,
} from '@smart-retry/domain';
import { CONFIRMATION_HOLDS_MS } from '../configuration-copy.js';
import type { RedisConnection } from './redis-connection.js';
import { RedisScript } from './redis-script.js';

const CONFIRM = new RedisScript('confirm-configuration.lua');
const LOOK = new RedisScript('look-at-configuration.lua');

/** The copy in a hash; Redis' own clock says how old a confirmation is. */
export class RedisConfigurationMirror implements ConfigurationMirror {
  readonly #connection: RedisConnection;
  readonly #keyPrefix: string;

  constructor(connection: RedisConnection, keyPrefix: string) {
    this.#connection = connection;
    this.#keyPrefix = keyPrefix;
  }

  async confirm(lineage: string, configuration: StoredConfiguration): Promise<void> {
    const { revision, changedAtMs } = configuration;
    const key = this.#keyOf(lineage);
    await this.#connection.run(async (client) => {
      const reply = await CONFIRM.run(client, key, [revision, changedAtMs, CONFIRMATION_HOLDS_MS, '']);
      if (reply !== 'wanted') return;
      await CONFIRM.run(client, key, [revision, changedAtMs, CONFIRMATION_HOLDS_MS, JSON.stringify(configuration)]);
    });
  }

  async look(lineage: string, known: KnownRevision): Promise<MirroredConfiguration | null> {
    const reply = await this.#connection.run((client) =>
      LOOK.run(client, this.#keyOf(lineage), [known.revision, known.changedAtMs]),
    );
    if (!Array.isArray(reply)) return null;
    const [ago, body] = reply.map(String);
    const configuration = body ? (JSON.parse(body) as StoredConfiguration) : null;
    return { confirmedAgoMs: Number(ago), configuration };
  }

  #keyOf(lineage: string): string {
    return `${this.#keyPrefix}configuration:{${lineage}}`;
  }
}
