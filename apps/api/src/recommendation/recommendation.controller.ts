import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { RouteSchema } from '@nestjs/platform-fastify';
import type { Clock, RetryFeatures } from '@smart-retry/domain';
import { Configuration, Recommender } from '@smart-retry/engine';
import { BATCH_BODY_LIMIT } from '../http/body-limits.js';
import { problemResponses } from '../http/problem-responses.js';
import { Access } from '../http/route-access.js';
import { acceptedTimes, type AcceptedTimes } from '../http/wire-time.js';
import { ApiMetrics } from '../ops/api-metrics.js';
import { CLOCK } from '../tokens.js';
import { FeaturesBody, toRetryFeatures } from './features.dto.js';
import {
  FeaturesBatchBody,
  fromIssuedRecommendation,
  fromPreview,
  IssuedRecommendationResponse,
  PreviewBody,
  PreviewResponse,
  RecommendationBatchResponse,
} from './recommendation.dto.js';

/** Whether, when and how a failed job is retried. */
@Controller()
export class RecommendationController {
  constructor(
    private readonly recommender: Recommender,
    private readonly configuration: Configuration,
    private readonly metrics: ApiMetrics,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Post('recommendation')
  @HttpCode(200)
  @Access({ scope: 'recommend', tenant: 'body' })
  @RouteSchema({
    summary: 'Whether and when to retry a job that has just failed',
    tags: ['Recommendations'],
    body: FeaturesBody,
    response: { 200: IssuedRecommendationResponse, ...problemResponses(400, 413, 415) },
  })
  recommend(@Body() body: FeaturesBody): IssuedRecommendationResponse {
    return this.answer(toRetryFeatures(body, this.acceptedTimes()));
  }

  @Post('recommendation/batch')
  @HttpCode(200)
  @Access({ scope: 'recommend', tenant: 'body.features[]', bodyLimit: BATCH_BODY_LIMIT })
  @RouteSchema({
    summary: 'Recommendations for up to 1,000 jobs, in order',
    tags: ['Recommendations'],
    body: FeaturesBatchBody,
    response: { 200: RecommendationBatchResponse, ...problemResponses(400, 413, 415) },
  })
  recommendBatch(@Body() body: FeaturesBatchBody): { readonly recommendations: IssuedRecommendationResponse[] } {
    const accepted = this.acceptedTimes();
    // All are checked before the first is decided: a refused batch leaves no trace.
    const asked = body.features.map((item, i) => toRetryFeatures(item, accepted, `features[${i}].`));
    return { recommendations: asked.map((features) => this.answer(features)) };
  }

  @Post('preview')
  @HttpCode(200)
  @Access({ scope: 'recommend', tenant: 'body.features' })
  @RouteSchema({
    summary: 'The schedule that would follow if every retry failed',
    tags: ['Recommendations'],
    body: PreviewBody,
    response: { 200: PreviewResponse, ...problemResponses(400, 413, 415) },
  })
  preview(@Body() body: PreviewBody): PreviewResponse {
    const features = toRetryFeatures(body.features, this.acceptedTimes(), 'features.');
    return fromPreview(this.recommender.preview(features, body.max_attempts), body.features);
  }

  private answer(features: RetryFeatures): IssuedRecommendationResponse {
    const issued = this.recommender.recommend(features);
    this.metrics.countRecommendation(issued.recommendation);
    return fromIssuedRecommendation(issued);
  }

  private acceptedTimes(): AcceptedTimes {
    return acceptedTimes(this.clock(), this.configuration.current().strategy.dataCollection.retentionDays);
  }
}
