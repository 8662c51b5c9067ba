import { setPriority } from 'node:os';
import { pino } from 'pino';
import { unknownVariables } from '@smart-retry/settings';
import { loadTrainerConfig, type TrainerConfig } from './config.js';
import { startTrainer } from './start-trainer.js';

/** Training takes what the API leaves. */
const NICENESS = 10;
const SHUTDOWN_DEADLINE_MS = 20_000;
const logger = pino({ name: 'trainer', base: null, timestamp: pino.stdTimeFunctions.isoTime });

async function start(config: TrainerConfig): Promise<void> {
  const stopping = new AbortController();
  let isStopping = false;
  // A stop may come before it has started: then there is nothing to close.
  const starting = startTrainer(config, { logger, clock: Date.now, signal: stopping.signal }).catch(
    (error: unknown) => {
      if (!isStopping) throw error;
    },
  );
  const stop = () => {
    if (isStopping) return;
    isStopping = true;
    stopping.abort();
    setTimeout(() => process.exit(1), SHUTDOWN_DEADLINE_MS).unref();
    starting
      .then((trainer) => trainer?.close())
      .then(
        () => process.exit(0),
        (error: unknown) => {
          logger.error({ err: error }, 'the trainer did not stop cleanly');
          process.exit(1);
        },
      );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  // Below `npm start` the trainer ends with the API, whichever way that ends.
  process.on('disconnect', stop);
  // It may have ended while this process was still loading.
  if (process.connected === false) stop();
  await starting;
}

async function main(): Promise<void> {
  const loaded = await loadTrainerConfig(process.env);
  if ('problems' in loaded) {
    for (const { path, message } of loaded.problems) logger.fatal({ setting: path }, `${path} ${message}`);
    process.exitCode = 1;
    return;
  }
  logger.level = loaded.config.logLevel;
  for (const name of unknownVariables(process.env))
    logger.warn({ setting: name }, `${name} is not a setting: it is ignored`);
  if (!loaded.config.trainerEnabled) {
    logger.warn('trainer.enabled is false: there is nothing to do');
    return;
  }
  setPriority(NICENESS);
  await start(loaded.config);
}

main().catch((error: unknown) => {
  logger.fatal({ err: error }, 'the trainer did not start');
  process.exit(1);
});
