import type { ConfigurationChannel } from '@smart-retry/domain';
import type { Redis } from 'ioredis';
import type { RedisConnection } from './redis-connection.js';

/**
 * Configuration changes over pub/sub. Subscribing needs a connection of its own; whenever that one is back, it
 * subscribes again. What is published meanwhile is lost: callers poll as well.
 */
export class RedisConfigurationChannel implements ConfigurationChannel {
  readonly #connection: RedisConnection;
  readonly #subscriber: Redis;
  readonly #channel: string;
  readonly #listeners: ((revision: number) => void)[] = [];

  constructor(connection: RedisConnection, subscriber: Redis, keyPrefix: string) {
    this.#connection = connection;
    this.#subscriber = subscriber;
    this.#channel = `${keyPrefix}configuration`;
    subscriber.on('message', (_channel: string, revision: string) => {
      if (!/^\d+$/.test(revision)) return;
      for (const listener of this.#listeners) listener(Number(revision));
    });
    subscriber.on('ready', () => void this.#listen());
  }

  async publish(revision: number): Promise<void> {
    await this.#connection.run((client) => client.publish(this.#channel, String(revision)));
  }

  /** Succeeds without a connection too: the subscription is made when there is one. */
  async subscribe(listener: (revision: number) => void): Promise<void> {
    this.#listeners.push(listener);
    await this.#listen();
  }

  async #listen(): Promise<void> {
    if (this.#listeners.length === 0 || this.#subscriber.status !== 'ready') return;
    // Lost between the check and the command: `ready` comes again.
    await this.#subscriber.subscribe(this.#channel).catch(() => undefined);
  }
}
