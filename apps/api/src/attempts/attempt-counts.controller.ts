import { Body, Controller, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { RouteSchema } from '@nestjs/platform-fastify';
import type { AttemptStore, Clock } from '@smart-retry/domain';
import { Configuration, FleetInTime } from '@smart-retry/engine';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BATCH_BODY_LIMIT } from '../http/body-limits.js';
import { Idempotency, REPLAYED } from '../http/idempotency.js';
import { problemResponses } from '../http/problem-responses.js';
import { withHeaders } from '../http/response-headers.js';
import { Access } from '../http/route-access.js';
import { acceptedTimes } from '../http/wire-time.js';
import { ATTEMPT_STORE, CLOCK } from '../tokens.js';
import { AttemptCountsBody, CountsRecordedResponse, toAttemptCounts } from './attempt-counts.dto.js';

/** First tries that are reported as counts. */
@Controller('attempt')
export class AttemptCountsController {
  constructor(
    private readonly configuration: Configuration,
    private readonly idempotency: Idempotency,
    private readonly fleet: FleetInTime,
    @Inject(ATTEMPT_STORE) private readonly attempts: Pick<AttemptStore, 'recordCounts'>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Post('counts')
  @HttpCode(200)
  @Access({ scope: 'record', tenant: 'body.counts[]', bodyLimit: BATCH_BODY_LIMIT })
  @RouteSchema({
    summary: 'Records first tries as counts over windows',
    description: 'Counts add up: send an `Idempotency-Key` to make a repeat safe.',
    tags: ['Attempts'],
    body: AttemptCountsBody,
    response: { 200: withHeaders(CountsRecordedResponse, REPLAYED), ...problemResponses(400, 409, 413, 415, 503) },
  })
  recordCounts(
    @Body() body: AttemptCountsBody,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object | string> {
    const { dataCollection } = this.configuration.current().strategy;
    const counts = toAttemptCounts(body, acceptedTimes(this.clock(), dataCollection.retentionDays));
    return this.idempotency.once(request, reply, async (keep) => {
      const isCollecting = this.configuration.current().strategy.dataCollection.enabled;
      const answer = {
        status: 200,
        body: { status: isCollecting ? 'recorded' : 'skipped', recorded: isCollecting ? counts.length : 0 },
      };
      if (isCollecting) {
        await this.attempts.recordCounts(counts, keep?.(answer));
        this.fleet.noteCounts(counts, this.clock());
      }
      return answer;
    });
  }
}
