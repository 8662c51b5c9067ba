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
    const cause = error instanceof Error ? describeCause(error.cause) : '';
    const failure = `${String(error)} ${cause}`;
    if (nowMs < (quietUntilMs.get(failure) ?? 0)) return;
    for (const [other, untilMs] of quietUntilMs) if (untilMs <= nowMs) quietUntilMs.delete(other);
    quietUntilMs.set(failure, nowMs + QUIET_MS);
    if (error instanceof SmartRetryError && error.kind === 'unavailable') {
      logger.warn({ code: error.code, cause }, error.message);
    } else {
      logger.error({ err: error }, 'background work failed');
    }
  };
}

/** What the driver said, and why, down to the root. A host with several addresses fails once for each of them, without a message. */
function describeCause(cause: unknown): string {
  if (!(cause instanceof Error)) return '';
  const parts: readonly unknown[] = cause instanceof AggregateError ? cause.errors : [cause.cause];
  return [cause.message, ...parts.map(describeCause)].filter((text) => text !== '').join(': ');
}
