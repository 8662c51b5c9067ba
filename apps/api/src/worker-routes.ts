import type { FastifyInstance } from 'fastify';
import { serveAttempts, type AttemptServices } from './attempts/attempt.routes.js';
import type { FailureAnswer } from './http/answer-failure.js';
import { serveRecommendations, type RecommendationServices } from './recommendation/recommendation.routes.js';

export interface WorkerRoutes {
  readonly basePath: string;
  readonly services: RecommendationServices & AttemptServices;
  readonly answerFailure: FailureAnswer;
}

/**
 * The routes that workers ask at every failure, served by Fastify alone: what Nest does for each request costs as much as
 * a decision. In a scope of their own, which has its own way to answer failures.
 */
export async function serveWorkers(fastify: FastifyInstance, options: WorkerRoutes): Promise<void> {
  const { basePath: prefix, services, answerFailure } = options;
  await fastify.register(
    (scope, _options, done) => {
      scope.setErrorHandler(answerFailure);
      // The router takes `*api/…` for `/api/…`; Nest refuses that at all other routes.
      scope.addHook('onRequest', (request, reply, done) => {
        if (request.raw.url?.startsWith('*') === true) reply.callNotFound();
        else done();
      });
      serveRecommendations(scope, services);
      serveAttempts(scope, services);
      done();
    },
    { prefix },
  );
}
