import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';
import { isReply } from './redis-connection.js';

/** A script on one key, sent as a whole only where the server does not know it. */
export interface Script {
  run(client: Redis, key: string, parameters: readonly (string | number)[]): Promise<unknown>;
}

/** Loads `lua/<name>.lua`. */
export function loadScript(name: string): Script {
  // Beside `src` and `dist`, so that the same path is right in both and the build has nothing to copy.
  const text = readFileSync(new URL(`../../lua/${name}.lua`, import.meta.url), 'utf8');
  const sha = createHash('sha1').update(text).digest('hex');
  return {
    run: async (client, key, parameters) => {
      try {
        return await client.evalsha(sha, 1, key, ...parameters);
      } catch (error) {
        if (!isReply(error) || !error.message.startsWith('NOSCRIPT')) throw error;
        return client.eval(text, 1, key, ...parameters);
      }
    },
  };
}
