import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { RouteSchema } from '@nestjs/platform-fastify';
import { Learning } from '@smart-retry/engine';
import { problemResponses } from '../http/problem-responses.js';
import { Access } from '../http/route-access.js';
import {
  fromLearnedCurve,
  PosteriorBody,
  PosteriorParams,
  PosteriorResponse,
  readPosteriorBody,
  readPosteriorParams,
  tooFewSamples,
} from './bayesian.dto.js';

/** What this process has learned, by the delay waited. Memory answers; no store is asked. */
@Controller('bayesian')
export class BayesianController {
  constructor(private readonly learning: Learning) {}

  @Get()
  @Access({ scope: 'read', tenant: 'refused' })
  @RouteSchema({
    summary: 'The chance of success by delay, as decisions see it',
    tags: ['Learning'],
    querystring: PosteriorParams,
    response: { 200: PosteriorResponse, ...problemResponses(400, 404) },
  })
  get(@Query() params: PosteriorParams): PosteriorResponse {
    const question = readPosteriorParams(params);
    const learned = this.learning.curveOf(question, 'last');
    if (learned.latest === null) throw tooFewSamples('POSTERIOR_NOT_FOUND', question, learned);
    return fromLearnedCurve('current', question, learned, learned.latest);
  }

  @Post('update')
  @HttpCode(200)
  @Access({ scope: 'operate', tenant: 'refused' })
  @RouteSchema({
    summary: 'Looks at the evidence now, instead of after the next 20 outcomes',
    tags: ['Learning'],
    body: PosteriorBody,
    response: { 200: PosteriorResponse, ...problemResponses(400, 413, 415, 422) },
  })
  update(@Body() body: PosteriorBody): PosteriorResponse {
    const question = readPosteriorBody(body);
    const learned = this.learning.curveOf(question, 'again');
    if (learned.latest === null) throw tooFewSamples('TOO_FEW_SAMPLES', question, learned);
    return fromLearnedCurve('updated', question, learned, learned.latest);
  }
}
