import type { ConfigurationChannel, ConfigurationMirror, FailureCounters, FleetLedger } from '@smart-retry/domain';
import { RedisConfigurationChannel } from './redis-configuration-channel.js';
import { RedisConfigurationMirror } from './redis-configuration-mirror.js';
import { RedisConnection, connectRedis, firstAttempt } from './redis-connection.js';
import { RedisFailureCounters } from './redis-failure-counters.js';
import { RedisFleetLedger } from './redis-fleet-ledger.js';
import { commandTimeoutMs, connectionTimeoutMs, type RedisOptions } from './redis-options.js';

/** What processes share and could rebuild. Commands throw STORE_UNAVAILABLE while Redis does not answer. */
export interface RedisStores {
  readonly channel: ConfigurationChannel;
  readonly mirror: ConfigurationMirror;
  readonly failureCounters: FailureCounters;
  readonly fleetLedger: FleetLedger;
  /** @throws {STORE_UNAVAILABLE} */
  check(): Promise<void>;
  close(): Promise<void>;
}

/** Waits for the first attempt to connect, and succeeds whether or not that did: Redis is found when it is there. */
export async function openRedis(options: RedisOptions): Promise<RedisStores> {
  const keyPrefix = options.keyPrefix ?? 'smart-retry:';
  const connection = new RedisConnection(options);
  const subscriber = connectRedis(options);
  const timeoutMs = connectionTimeoutMs(options) + commandTimeoutMs(options);
  await Promise.all([connection.firstAttempt(timeoutMs), firstAttempt(subscriber, timeoutMs)]);
  return {
    channel: new RedisConfigurationChannel(connection, subscriber, keyPrefix),
    mirror: new RedisConfigurationMirror(connection, keyPrefix),
    failureCounters: new RedisFailureCounters(connection, keyPrefix),
    fleetLedger: new RedisFleetLedger(connection, keyPrefix),
    check: async () => {
      await connection.run((client) => client.ping());
    },
    close: async () => {
      connection.close();
      subscriber.disconnect();
    },
  };
}
