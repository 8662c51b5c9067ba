import { Body, Controller, Get, Inject, Param, Put, Query, Req, Res } from '@nestjs/common';
import { RouteSchema } from '@nestjs/platform-fastify';
import { SmartRetryError, type Clock } from '@smart-retry/domain';
import { dependencyState, dependencyStates, Configuration, Fleet } from '@smart-retry/engine';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ConfigurationWrites, WRITTEN } from '../http/configuration-writes.js';
import { dropAbsent } from '../http/drop-absent.js';
import { readPageLimit } from '../http/page-limit.js';
import { problemResponses } from '../http/problem-responses.js';
import { withHeaders } from '../http/response-headers.js';
import { Access } from '../http/route-access.js';
import { optionalText } from '../http/wire-text.js';
import { fromRevision } from '../strategy/strategy-responses.dto.js';
import { CLOCK } from '../tokens.js';
import {
  BreakerBody,
  BreakerResponse,
  DependencyListQuery,
  DependencyListResponse,
  DependencyParams,
  DependencyResponse,
  fromDependencyState,
  toBreakerOverride,
} from './dependency.dto.js';

/** The downstreams that jobs call: how each is doing, and what all its callers share. */
@Controller('dependencies')
export class DependencyController {
  constructor(
    private readonly fleet: Fleet,
    private readonly configuration: Configuration,
    private readonly writes: ConfigurationWrites,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @Access({ scope: 'read', tenant: 'refused' })
  @RouteSchema({
    summary: 'Dependencies heard of, the latest first, then held breakers of others: breaker, budget, parked retries',
    description:
      'As this process knows it; what other processes hear reaches it within about a second. One page: others are found by name.',
    tags: ['Dependencies'],
    querystring: DependencyListQuery,
    response: { 200: DependencyListResponse, ...problemResponses(400) },
  })
  list(@Query() query: DependencyListQuery) {
    const limit = readPageLimit(query.limit);
    return { dependencies: dependencyStates(this.fleet, this.clock(), limit).map(fromDependencyState) };
  }

  @Get(':name')
  @Access({ scope: 'read', tenant: 'refused' })
  @RouteSchema({
    summary: 'One dependency',
    tags: ['Dependencies'],
    params: DependencyParams,
    response: { 200: DependencyResponse, ...problemResponses(404) },
  })
  get(@Param('name') name: string) {
    const state = dependencyState(this.fleet, name, this.clock());
    if (state === null) {
      throw new SmartRetryError(
        'DEPENDENCY_NOT_FOUND',
        `nothing has been heard of a dependency named "${name}", and nobody holds its breaker`,
      );
    }
    return fromDependencyState(state);
  }

  @Put(':name/breaker')
  @Access({ scope: 'operate', tenant: 'refused' })
  @RouteSchema({
    summary: 'Holds a breaker open or closed, or lets it move by itself again',
    description: 'Part of the configuration: every replica follows, it survives restarts, and the history keeps it.',
    tags: ['Dependencies'],
    params: DependencyParams,
    body: BreakerBody,
    response: { 200: withHeaders(BreakerResponse, WRITTEN), ...problemResponses(400, 409, 413, 415, 503) },
  })
  overrideBreaker(
    @Param('name') name: string,
    @Body() body: BreakerBody,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object | string> {
    const override = toBreakerOverride(name, body);
    const reason = optionalText(body.reason);
    return this.writes.run(
      request,
      reply,
      (write) => this.configuration.overrideBreaker(name, override, { ...write, ...dropAbsent({ reason }) }),
      (changed) => ({
        status: 200,
        body: {
          dependency: name,
          state: override?.state ?? 'auto',
          reason: override?.reason ?? null,
          ...fromRevision(changed),
        },
      }),
    );
  }
}
