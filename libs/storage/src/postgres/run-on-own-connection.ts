import { Client, type ClientBase, type ClientConfig } from 'pg';
import { TrackedSockets } from './tracked-sockets.js';

const GOODBYE_MS = 500;

/** Opens a connection for work that takes long, and closes it after; whatever happens, not later than after `timeoutMs`. */
export async function runOnOwnConnection<T>(
  config: ClientConfig & { readonly timeoutMs: number },
  operation: (client: ClientBase) => Promise<T>,
): Promise<T> {
  const sockets = new TrackedSockets();
  const client = new Client({ ...config, stream: sockets.create });
  // A connection that breaks fails the statement in flight; without a listener it would end the process as well.
  client.on('error', () => undefined);
  return sockets.limit(async () => {
    await client.connect();
    try {
      return await operation(client);
    } finally {
      await sockets.end(client.end(), GOODBYE_MS);
    }
  }, config.timeoutMs);
}
