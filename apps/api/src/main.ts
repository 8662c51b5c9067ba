import 'reflect-metadata';
import { pino } from 'pino';
import { unknownVariables } from '@smart-retry/settings';
import { loadConfig } from './config.js';
import { isLoopback } from './config/is-loopback.js';
import { createApp } from './lifecycle/create-app.js';
import { Lifecycle } from './lifecycle/lifecycle.js';
import { openServices } from './lifecycle/open-services.js';
import { shutDown } from './lifecycle/shut-down.js';
import { describeRefusal } from './lifecycle/describe-refusal.js';
import { describeStart } from './lifecycle/describe-start.js';
import type { Config } from './config.js';

const SHUTDOWN_DEADLINE_MS = 30_000;
const SAME_SIGNAL_MS = 200;
const NO_KEY =
  'RETRY_ADMIN_KEY is needed to listen on an address that is not loopback, or a key from `npm run keys -- create`';
const clock = Date.now;
const logger = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime });

async function start(config: Config): Promise<void> {
  const services = await openServices(config, logger, clock);
  if (!isLoopback(config.host) && !services.keys.hasLive) {
    logger.fatal({ setting: 'RETRY_ADMIN_KEY' }, NO_KEY);
    await services.close();
    process.exit(1);
  }
  const lifecycle = new Lifecycle();
  const app = await createApp({ config, services, lifecycle, logger, clock });
  // Not through Nest, which logs by itself what keeps it from listening.
  const server = app.getHttpAdapter().getInstance();
  const origin = await server.listen({ host: config.host, port: config.port }).catch(async (error: unknown) => {
    refuse(error);
    await services.close();
    process.exit(1);
  });
  let stoppingSinceMs: number | undefined;
  const stop = (signal: NodeJS.Signals) => {
    if (stoppingSinceMs !== undefined) {
      // Ctrl-C under `npm start` comes twice: from the terminal, and once more from npm.
      if (clock() - stoppingSinceMs < SAME_SIGNAL_MS) return;
      logger.warn({ signal }, 'second signal: ending at once');
      process.exit(1);
    }
    stoppingSinceMs = clock();
    setTimeout(() => process.exit(1), SHUTDOWN_DEADLINE_MS).unref();
    const closeServices = () => services.close();
    shutDown({ app, lifecycle, closeServices, drainDelayMs: config.drainDelayMs, logger }).then(
      () => process.exit(0),
      (error: unknown) => {
        logger.fatal({ err: error }, 'shutdown failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);

  // Said only when a signal would be heard.
  const { url, example } = describeStart(origin, config, { asksForKeys: services.keys.areAsked });
  logger.info({ url, example, replica: services.replicas.name }, `listening on ${url}`);
  // For the person who has just typed `npm start`; the log on stdout stays JSON.
  process.stderr.write(`\nSmart Retry answers at ${url} (documentation: ${url}/docs). Try:\n\n  ${example}\n\n`);
}

function refuse(error: unknown): void {
  const { message, details } = describeRefusal(error);
  logger.fatal(details, message);
}

async function main(): Promise<void> {
  const loaded = await loadConfig(process.env);
  if ('problems' in loaded) {
    for (const { path, message } of loaded.problems) logger.fatal({ setting: path }, `${path} ${message}`);
    process.exitCode = 1;
    return;
  }
  logger.level = loaded.config.logLevel;
  for (const name of unknownVariables(process.env))
    logger.warn({ setting: name }, `${name} is not a setting: it is ignored`);
  if (!loaded.config.apiEnabled) {
    logger.warn('api.enabled is false: there is nothing to serve');
    return;
  }
  await start(loaded.config);
}

// Whoever imports this goes on when the API listens.
await main().catch((error: unknown) => {
  refuse(error);
  process.exit(1);
});
