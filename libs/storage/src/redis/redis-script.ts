import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';
import { isReply } from './redis-connection.js';

/** A script beside `src` and `dist`, so that the same path is right in both and the build has nothing to copy. */
export class RedisScript {
  readonly #text: string;
  readonly #sha: string;

  /** @param name of a file in `lua/` */
  constructor(name: string) {
    this.#text = readFileSync(new URL(`../../lua/${name}`, import.meta.url), 'utf8');
    this.#sha = createHash('sha1').update(this.#text).digest('hex');
  }

  /** Runs it on one key; loads it where the server does not know it. */
  async run(client: Redis, key: string, parameters: readonly (string | number)[]): Promise<unknown> {
    try {
      return await client.evalsha(this.#sha, 1, key, ...parameters);
    } catch (error) {
      if (!isReply(error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return client.eval(this.#text, 1, key, ...parameters);
    }
  }
}
