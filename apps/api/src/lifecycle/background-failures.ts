import { SmartRetryError, type Clock } from '@smart-retry/domain';
import type { Logger } from 'pino';

const QUIET_MS = 30_000;

/**
 * Logs what fails where nobody waits for it; it is tried again there. The same failure is logged once in 30 seconds:
 * a store that is away must not fill the disk.
 */
export function createBackgroundFailureLog(logger: Logger, clock: Clock): (error: unknown) => void {
  const quietUntilMs = new Map<string, number>();
  return (error) => {
    const nowMs = clock();
    const failure = String(error);
    if (nowMs < (quietUntilMs.get(failure) ?? 0)) return;
    for (const [other, untilMs] of quietUntilMs) if (untilMs <= nowMs) quietUntilMs.delete(other);
    quietUntilMs.set(failure, nowMs + QUIET_MS);
    if (error instanceof SmartRetryError && error.kind === 'unavailable') {
      logger.warn({ code: error.code, cause: describeCause(error.cause) }, error.message);
    } else {
      logger.error({ err: error }, 'background work failed');
    }
  };
}

function describeCause(cause: unknown): string | undefined {
  return cause instanceof Error ? cause.message : undefined;
}
