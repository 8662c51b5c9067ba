import type { Clock } from '@smart-retry/domain';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { AppModule, type AppServices } from '../app.module.js';
import type { Config } from '../config.js';
import { createFailureAnswer } from '../http/answer-failure.js';
import { createHttpServer } from '../http/create-http-server.js';
import { limitRequests } from '../http/limit-requests.js';
import { ProblemFilter } from '../http/problem.filter.js';
import { collectMethods } from '../http/refuse-other-methods.js';
import { guardRequests } from '../http/request-gate.js';
import { secureAnswers } from '../http/security-headers.js';
import { refuseUnknownQueries } from '../http/strict-queries.js';
import { collectAccess } from '../http/route-access.js';
import { documentRoutes, serveDocsPage } from '../ops/document-routes.js';
import { timeRequests } from '../ops/time-requests.js';
import { traceRequests } from '../ops/trace-requests.js';
import { serveWorkers } from '../worker-routes.js';
import { adaptToNest } from './adapt-to-nest.js';
import type { Lifecycle } from './lifecycle.js';
import { NestLogger } from './nest-logger.js';
import { VERSION } from './version.js';

/** Asked by orchestrators and Prometheus every few seconds. */
const UNTRACED = ['/health', '/health/ready', '/metrics'];

export interface AppOptions {
  readonly config: Pick<Config, 'path' | 'requestsPerSecond' | 'otelEndpoint'>;
  readonly services: AppServices;
  readonly lifecycle: Lifecycle;
  readonly logger: Logger;
  readonly clock: Clock;
}

/** The API, ready to listen: hooks first, so that they see every route. */
export async function createApp(options: AppOptions): Promise<NestFastifyApplication> {
  const { config, services, lifecycle, logger, clock } = options;
  const basePath = config.path === '/' ? '' : config.path;
  const fastify = createHttpServer();
  const answerFailure = createFailureAnswer(logger, (code) => services.metrics.countRefusal(code));
  if (config.otelEndpoint !== undefined) {
    await traceRequests(fastify, {
      endpoint: config.otelEndpoint,
      replica: services.replicas.name,
      untraced: UNTRACED.map((path) => basePath + path),
      logger,
    });
  }
  timeRequests(fastify, { registry: services.metrics.registry, logger });
  limitRequests(fastify, {
    requestsPerSecond: config.requestsPerSecond,
    keysAreAsked: () => services.keys.areAsked,
    logger,
  });
  secureAnswers(fastify);
  guardRequests(fastify, { keys: services.keys, lifecycle });
  refuseUnknownQueries(fastify);
  await documentRoutes(fastify, { version: VERSION });
  const methods = collectMethods(fastify);
  const access = collectAccess(fastify);
  const { engine, metrics } = services;
  await serveWorkers(fastify, { basePath, services: { ...engine, metrics, clock }, answerFailure });
  const nest = adaptToNest(fastify);
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.over(services, lifecycle, clock), nest, {
    logger: new NestLogger(logger),
    bodyParser: false,
    abortOnError: false,
  });
  app.useGlobalFilters(new ProblemFilter(answerFailure));
  app.setGlobalPrefix(basePath);
  await app.init();
  methods.refuseOthers();
  await serveDocsPage(fastify, { path: `${basePath}/docs` });
  await fastify.ready();
  access.requireEach();
  return app;
}
