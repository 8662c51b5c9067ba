import type { Clock, RetryFeatures } from '@smart-retry/domain';
import type { Configuration, IssuedRecommendation, Recommender } from '@smart-retry/engine';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { BATCH_BODY_LIMIT } from '../http/body-limits.js';
import { problemResponses } from '../http/problem-responses.js';
import { acceptedTimes } from '../http/wire-time.js';
import { workTogether } from '../http/work-together.js';
import type { ApiMetrics } from '../ops/api-metrics.js';
import { FeaturesBody, toRetryFeatures } from './features.dto.js';
import {
  FeaturesBatchBody,
  issuedRecommendationsToJson,
  issuedRecommendationToJson,
  IssuedRecommendationResponse,
  RecommendationBatchResponse,
  toFeaturesOfEach,
} from './recommendation.dto.js';

export interface RecommendationServices {
  readonly recommender: Pick<Recommender, 'recommend'>;
  readonly configuration: Pick<Configuration, 'current'>;
  readonly metrics: Pick<ApiMetrics, 'countRecommendation'>;
  readonly clock: Clock;
}

interface Asked {
  readonly body: FeaturesBody;
  readonly reply: FastifyReply;
}

/** Whether, when and how a failed job is retried: the route that is asked for every failure there is. */
export function serveRecommendations(fastify: FastifyInstance, services: RecommendationServices): void {
  const { recommender, configuration, metrics, clock } = services;
  const timesNow = () => acceptedTimes(clock(), configuration.current().strategy.dataCollection.retentionDays);
  const recommend = (features: RetryFeatures): IssuedRecommendation => {
    const issued = recommender.recommend(features);
    metrics.countRecommendation(issued.recommendation);
    return issued;
  };

  const answer = workTogether<Asked>((asked) => {
    const accepted = timesNow();
    // All are decided before the first is answered. What goes wrong for one is the answer to that one alone.
    const answers = asked.map(({ body }) => {
      try {
        return recommend(toRetryFeatures(body, accepted));
      } catch (error) {
        return error instanceof Error ? error : new Error('not an error was thrown', { cause: error });
      }
    });
    asked.forEach(({ reply }, i) => {
      reply.send(answers[i]);
    });
  });

  fastify.post<{ Body: FeaturesBody }>(
    '/recommendation',
    {
      config: { access: { scope: 'recommend', tenant: 'body' } },
      schema: {
        summary: 'Whether and when to retry a job that has just failed',
        tags: ['Recommendations'],
        body: FeaturesBody,
        response: { 200: IssuedRecommendationResponse, ...problemResponses(400, 413, 415) },
      },
      serializerCompiler: () => issuedRecommendationToJson,
    },
    ({ body }, reply) => {
      answer({ body, reply });
    },
  );

  fastify.post<{ Body: FeaturesBatchBody }>(
    '/recommendation/batch',
    {
      config: { access: { scope: 'recommend', tenant: 'body.features[]' } },
      bodyLimit: BATCH_BODY_LIMIT,
      schema: {
        summary: 'Recommendations for up to 1,000 jobs, in order',
        tags: ['Recommendations'],
        body: FeaturesBatchBody,
        response: { 200: RecommendationBatchResponse, ...problemResponses(400, 413, 415) },
      },
      serializerCompiler: () => issuedRecommendationsToJson,
    },
    (request, reply) => {
      // All are checked before the first is decided: a refused batch leaves no trace.
      const asked = toFeaturesOfEach(request.body, timesNow());
      reply.send(asked.map(recommend));
    },
  );
}
