import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { RouteSchema } from '@nestjs/platform-fastify';
import { Configuration } from '@smart-retry/engine';
import { BATCH_BODY_LIMIT } from '../http/body-limits.js';
import { problemResponses } from '../http/problem-responses.js';
import { Access } from '../http/route-access.js';
import { LongWork } from './long-work.js';
import { fromWhatIf, WhatIfResponse } from './what-if-answer.dto.js';
import { answerWhatIf, readObjective, WhatIfBody } from './what-if.dto.js';

/** What other ways to retry would have been worth. Reads nothing and stores nothing but what is sent. */
@Controller('what-if')
export class WhatIfController {
  constructor(
    private readonly longWork: LongWork,
    private readonly configuration: Configuration,
  ) {}

  @Post()
  @HttpCode(200)
  @Access({ scope: 'read', tenant: 'irrelevant', bodyLimit: BATCH_BODY_LIMIT })
  @RouteSchema({
    summary: 'What named policies would have been worth on up to 5,000 recorded attempts',
    description: 'An attempt that is not valid is left out and named. See docs/what-if.md.',
    tags: ['What-if'],
    body: WhatIfBody,
    response: { 200: WhatIfResponse, ...problemResponses(400, 413, 415, 503) },
  })
  async ask(@Body() body: WhatIfBody): Promise<WhatIfResponse> {
    const objective = readObjective(body, this.configuration.current().strategy.objective);
    return fromWhatIf(await this.longWork.run(answerWhatIf(body, objective)));
  }
}
