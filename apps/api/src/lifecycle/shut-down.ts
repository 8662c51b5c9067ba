import { setTimeout as sleep } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import type { Lifecycle } from './lifecycle.js';

const IDLE_SWEEP_MS = 20;

export interface Running {
  readonly app: NestFastifyApplication;
  readonly lifecycle: Lifecycle;
  readonly closeServices: () => Promise<void>;
  readonly drainDelayMs: number;
  readonly logger: Logger;
}

/**
 * Ends without losing a request: readiness goes off first, so that balancers look elsewhere while calls are still
 * answered; then nothing new is accepted, what is under way is finished, and what is in memory is written.
 */
export async function shutDown({ app, lifecycle, closeServices, drainDelayMs, logger }: Running): Promise<void> {
  logger.info({ drainDelayMs }, 'draining');
  lifecycle.startDraining();
  await sleep(drainDelayMs);
  // A connection kept alive becomes idle after its last answer, and would hold the server open.
  const server = app.getHttpServer();
  const sweep = setInterval(() => server.closeIdleConnections(), IDLE_SWEEP_MS);
  try {
    await app.close();
  } finally {
    clearInterval(sweep);
  }
  await closeServices();
  logger.info('stopped');
}
