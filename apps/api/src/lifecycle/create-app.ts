import type { Clock } from '@smart-retry/domain';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { AppModule, type AppServices } from '../app.module.js';
import type { Config } from '../config.js';
import { createHttpAdapter } from '../http/create-http-adapter.js';
import { limitRequests } from '../http/limit-requests.js';
import { ProblemFilter } from '../http/problem.filter.js';
import { collectMethods } from '../http/refuse-other-methods.js';
import { guardRequests } from '../http/request-gate.js';
import { secureAnswers } from '../http/security-headers.js';
import { collectAccess } from '../http/route-access.js';
import { documentRoutes, serveDocsPage } from '../ops/document-routes.js';
import { timeRequests } from '../ops/time-requests.js';
import type { Lifecycle } from './lifecycle.js';
import { NestLogger } from './nest-logger.js';
import { VERSION } from './version.js';

export interface AppOptions {
  readonly config: Pick<Config, 'path' | 'requestsPerSecond'>;
  readonly services: AppServices;
  readonly lifecycle: Lifecycle;
  readonly logger: Logger;
  readonly clock: Clock;
}

/** The API, ready to listen: hooks first, so that they see every route. */
export async function createApp(options: AppOptions): Promise<NestFastifyApplication> {
  const { config, services, lifecycle, logger, clock } = options;
  const basePath = config.path === '/' ? '' : config.path;
  const adapter = createHttpAdapter(logger);
  const fastify = adapter.getInstance<FastifyInstance>();
  limitRequests(fastify, {
    requestsPerSecond: config.requestsPerSecond,
    keysAreAsked: () => services.keys.areAsked,
  });
  secureAnswers(fastify);
  guardRequests(fastify, { keys: services.keys, lifecycle });
  timeRequests(fastify, services.metrics.registry);
  await documentRoutes(fastify, { version: VERSION });
  const methods = collectMethods(fastify);
  const access = collectAccess(fastify);
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.over(services, lifecycle, clock), adapter, {
    logger: new NestLogger(logger),
    bodyParser: false,
    abortOnError: false,
  });
  app.useGlobalFilters(new ProblemFilter());
  app.setGlobalPrefix(basePath);
  await app.init();
  methods.refuseOthers();
  await serveDocsPage(fastify, { path: `${basePath}/docs` });
  await fastify.ready();
  access.requireEach();
  return app;
}
