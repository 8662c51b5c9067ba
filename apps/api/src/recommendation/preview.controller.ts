import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { RouteSchema } from '@nestjs/platform-fastify';
import type { Clock } from '@smart-retry/domain';
import { Configuration, Recommender } from '@smart-retry/engine';
import { problemResponses } from '../http/problem-responses.js';
import { Access } from '../http/route-access.js';
import { acceptedTimes } from '../http/wire-time.js';
import { CLOCK } from '../tokens.js';
import { toRetryFeatures } from './features.dto.js';
import { fromPreview, PreviewBody, PreviewResponse } from './recommendation.dto.js';

/** What would be recommended. */
@Controller()
export class PreviewController {
  constructor(
    private readonly recommender: Recommender,
    private readonly configuration: Configuration,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

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
    const { retentionDays } = this.configuration.current().strategy.dataCollection;
    const features = toRetryFeatures(body.features, acceptedTimes(this.clock(), retentionDays), 'features.');
    return fromPreview(this.recommender.preview(features, body.max_attempts), body.features);
  }
}
