import { Body, Controller, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { RouteSchema } from '@nestjs/platform-fastify';
import { SmartRetryError, type AttemptReport, type AttemptStore, type Clock } from '@smart-retry/domain';
import { AttemptRecorder, Configuration, type RecordedAttempt } from '@smart-retry/engine';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BATCH_BODY_LIMIT } from '../http/body-limits.js';
import { Idempotency } from '../http/idempotency.js';
import { problemResponses } from '../http/problem-responses.js';
import { Access } from '../http/route-access.js';
import { acceptedTimes, type AcceptedTimes } from '../http/wire-time.js';
import { ApiMetrics } from '../ops/api-metrics.js';
import { ATTEMPT_STORE, CLOCK } from '../tokens.js';
import { AttemptBatchBody, AttemptBatchResponse, readBatchItem, type RefusedItem } from './attempt-batch.dto.js';
import { AttemptCountsBody, CountsRecordedResponse, toAttemptCounts } from './attempt-counts.dto.js';
import { AttemptBody, fromRecordedAttempt, RecordedResponse, toAttemptReport } from './attempt.dto.js';

/** What became of attempts. Each answer means that the reports are durable. */
@Controller('attempt')
export class AttemptController {
  constructor(
    private readonly recorder: AttemptRecorder,
    private readonly configuration: Configuration,
    private readonly idempotency: Idempotency,
    private readonly metrics: ApiMetrics,
    @Inject(ATTEMPT_STORE) private readonly attempts: Pick<AttemptStore, 'recordCounts'>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Post()
  @HttpCode(200)
  @Access({ scope: 'record', tenant: 'body' })
  @RouteSchema({
    summary: 'Records one executed attempt, once',
    tags: ['Attempts'],
    body: AttemptBody,
    response: { 200: RecordedResponse, ...problemResponses(400, 413, 415, 503) },
  })
  async record(@Body() body: AttemptBody): Promise<RecordedResponse> {
    const recorded = await this.recordAll([toAttemptReport(body, this.acceptedTimes())]);
    return fromRecordedAttempt(nextOf(recorded.values()));
  }

  @Post('batch')
  @HttpCode(200)
  @Access({ scope: 'record', tenant: 'body.attempts[]', bodyLimit: BATCH_BODY_LIMIT })
  @RouteSchema({
    summary: 'Records up to 5,000 attempts; answers for each, in order',
    tags: ['Attempts'],
    body: AttemptBatchBody,
    response: { 200: AttemptBatchResponse, ...problemResponses(400, 413, 415, 503) },
  })
  async recordBatch(@Body() body: AttemptBatchBody): Promise<{ readonly results: (RecordedResponse | RefusedItem)[] }> {
    const accepted = this.acceptedTimes();
    const items = body.attempts.map((item) => readBatchItem(item, accepted));
    const reports = items.flatMap((item) => ('report' in item ? [item.report] : []));
    const recorded = (await this.recordAll(reports)).values();
    return {
      results: items.map((item) => ('refused' in item ? item.refused : fromRecordedAttempt(nextOf(recorded)))),
    };
  }

  @Post('counts')
  @HttpCode(200)
  @Access({ scope: 'record', tenant: 'body.counts[]', bodyLimit: BATCH_BODY_LIMIT })
  @RouteSchema({
    summary: 'Records first tries as counts over windows',
    description: 'Counts add up: send an `Idempotency-Key` to make a repeat safe.',
    tags: ['Attempts'],
    body: AttemptCountsBody,
    response: { 200: CountsRecordedResponse, ...problemResponses(400, 409, 413, 415, 503) },
  })
  recordCounts(
    @Body() body: AttemptCountsBody,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object | string> {
    const counts = toAttemptCounts(body, this.acceptedTimes());
    return this.idempotency.once(request, reply, async (keep) => {
      const isCollecting = this.configuration.current().strategy.dataCollection.enabled;
      const answer = {
        status: 200,
        body: { status: isCollecting ? 'recorded' : 'skipped', recorded: isCollecting ? counts.length : 0 },
      };
      if (isCollecting) await this.attempts.recordCounts(counts, keep?.(answer));
      return answer;
    });
  }

  private async recordAll(reports: readonly AttemptReport[]): Promise<readonly RecordedAttempt[]> {
    const recorded = await this.recorder.record(reports);
    this.metrics.countAttempts(reports, recorded);
    return recorded;
  }

  private acceptedTimes(): AcceptedTimes {
    return acceptedTimes(this.clock(), this.configuration.current().strategy.dataCollection.retentionDays);
  }
}

/** The recorder answers once for each report, in order. */
function nextOf(recorded: Iterator<RecordedAttempt, undefined>): RecordedAttempt {
  const { value } = recorded.next();
  if (value === undefined) throw new SmartRetryError('INTERNAL', 'a report was left without an answer');
  return value;
}
