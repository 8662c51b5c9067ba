import { Controller, Get, Inject, Query } from '@nestjs/common';
import { RouteSchema } from '@nestjs/platform-fastify';
import { SmartRetryError, type AttemptStore, type Clock } from '@smart-retry/domain';
import { Configuration } from '@smart-retry/engine';
import { problemResponses } from '../http/problem-responses.js';
import { Access } from '../http/route-access.js';
import { ATTEMPT_STORE, CLOCK } from '../tokens.js';
import { fromStatistics, StatisticsParams, StatisticsResponse, toStatisticsQuery } from './statistics.dto.js';

/** How retries fared within a window; read from the store each time. */
@Controller()
export class StatisticsController {
  constructor(
    private readonly configuration: Configuration,
    @Inject(ATTEMPT_STORE) private readonly attempts: Pick<AttemptStore, 'statistics'>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get('stats')
  @Access({ scope: 'read', tenant: 'query' })
  @RouteSchema({
    summary: 'Retries within a window, under the class of the failure that they followed',
    tags: ['Attempts'],
    querystring: StatisticsParams,
    response: { 200: StatisticsResponse, ...problemResponses(400, 503) },
  })
  async get(@Query() params: StatisticsParams): Promise<StatisticsResponse> {
    const { retentionDays } = this.configuration.current().strategy.dataCollection;
    const query = toStatisticsQuery(params, this.clock(), retentionDays);
    const { groupBy: _grouping, ...ungrouped } = query;
    const [[total], groups] = await Promise.all([
      this.attempts.statistics(ungrouped),
      query.groupBy === undefined ? undefined : this.attempts.statistics(query),
    ]);
    if (total === undefined) throw new SmartRetryError('INTERNAL', 'statistics without grouping came back empty');
    return fromStatistics(query, total, groups);
  }
}
