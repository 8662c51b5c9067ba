import type { Server as HttpServer } from 'node:http';
import { Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import type { Lifecycle } from './lifecycle.js';

/** How long a quiet connection may still bring a request that is on its way: a machine that is busy is slow to send it. */
const QUIET_MS = 500;
/** How long a request that is on its way may take. A connection on which nothing was ever sent is not idle to Node: it ends then, too. */
const STRAGGLER_MS = 5_000;
const SWEEP_INTERVAL_MS = 20;

export interface Running {
  readonly app: NestFastifyApplication;
  readonly lifecycle: Lifecycle;
  readonly closeServices: () => Promise<void>;
  readonly drainDelayMs: number;
  readonly logger: Logger;
}

/**
 * Ends without losing a request: readiness goes off while calls are still answered, then nobody new is let in, then
 * open connections end with their next answer, and at last what is in memory is written.
 */
export async function shutDown({ app, lifecycle, closeServices, drainDelayMs, logger }: Running): Promise<void> {
  logger.info({ drainDelayMs }, 'draining');
  lifecycle.startDraining();
  await sleep(drainDelayMs);
  lifecycle.startClosing();
  await endConnections(app.getHttpServer());
  await app.close();
  await closeServices();
  logger.info('stopped');
}

async function endConnections(server: HttpServer): Promise<void> {
  // Not the HTTP server's own close: that one cuts off every connection without a request at this very moment.
  Server.prototype.close.call(server);
  for (let waitedMs = 0; waitedMs < QUIET_MS && (await countConnections(server)) > 0; waitedMs += SWEEP_INTERVAL_MS) {
    await sleep(SWEEP_INTERVAL_MS);
  }
  const stragglers = setTimeout(() => server.closeAllConnections(), STRAGGLER_MS);
  while ((await countConnections(server)) > 0) {
    server.closeIdleConnections();
    await sleep(SWEEP_INTERVAL_MS);
  }
  clearTimeout(stragglers);
}

function countConnections(server: HttpServer): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
  });
}
