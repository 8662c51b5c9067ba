import { SmartRetryError } from '@smart-retry/domain';
import { runCommand } from './run-command.js';

type Command = readonly [string, ...string[]];

/**
 * The same command, such that Postgres agrees to run it: it refuses uid 0, so root enters a user namespace without a
 * mapping. There it is "nobody" to itself, while the kernel goes on counting its files as root's.
 *
 * @throws {INVALID_CONFIGURATION} where root may not make a user namespace.
 */
export async function asUnprivileged(command: Command): Promise<Command> {
  if (process.getuid?.() !== 0) return command;
  await runCommand(['unshare', '--user', '--', 'true']).catch((cause: unknown) => {
    throw new SmartRetryError(
      'INVALID_CONFIGURATION',
      'Postgres refuses to run as root, and user namespaces are forbidden here: run as another user, or set RETRY_DATABASE_URL',
      { cause },
    );
  });
  return ['unshare', '--user', '--', ...command];
}
