import { setTimeout as sleep } from 'node:timers/promises';
import { SmartRetryError } from '@smart-retry/domain';
import type { Logger } from 'pino';

const RETRY_INTERVAL_MS = 1_000;

/** Does what needs the database, again each second until it answers. @throws whatever else goes wrong, or the signal's reason */
export async function untilAvailable(
  work: () => Promise<void>,
  { logger, signal }: { readonly logger: Logger; readonly signal: AbortSignal },
): Promise<void> {
  let isSaid = false;
  for (;;) {
    signal.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof SmartRetryError && error.kind === 'unavailable')) throw error;
      if (!isSaid) logger.warn({ code: error.code }, 'waiting for the database');
      isSaid = true;
      await sleep(RETRY_INTERVAL_MS, undefined, { signal });
    }
  }
}
