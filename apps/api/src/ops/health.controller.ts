import { Controller, Get, Inject, Query, Req, Res, ServiceUnavailableException } from '@nestjs/common';
import { RouteSchema } from '@nestjs/platform-fastify';
import { HealthCheckService, HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type, type Static } from 'typebox';
import { problemResponses } from '../http/problem-responses.js';
import { FilterWord } from '../http/query-text.js';
import { Access } from '../http/route-access.js';
import { refuseWith } from '../http/send-problem.js';
import { Lifecycle } from '../lifecycle/lifecycle.js';
import { STORE_PROBES } from '../tokens.js';
import type { StoreProbe } from './store-probe.js';

const Alive = Type.Object({ status: Type.String() });
const Ready = Type.Object({
  status: Type.String(),
  checks: Type.Unsafe<HealthIndicatorResult>({ type: 'object', additionalProperties: true }),
});

const ReadyParams = Type.Object({
  stores: FilterWord(['required', 'optional'], {
    description:
      '`required` (default): every store has to answer. `optional`: none is asked, since recommendations go on without; ' +
      'for balancers, which would else leave a fleet that shares a store all at once.',
  }),
});

/** For orchestrators: both answer without a key. */
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly lifecycle: Lifecycle,
    @Inject(STORE_PROBES) private readonly probes: readonly StoreProbe[],
  ) {}

  @Get()
  @Access({ scope: 'open' })
  @RouteSchema({
    summary: 'Whether the process is alive; touches no store',
    tags: ['Operations'],
    security: [],
    response: { 200: Alive },
  })
  alive(): { readonly status: string } {
    return { status: 'ok' };
  }

  @Get('ready')
  @Access({ scope: 'open' })
  @RouteSchema({
    summary: 'Whether every store answers and the process is not shutting down',
    tags: ['Operations'],
    security: [],
    querystring: ReadyParams,
    response: { 200: Ready, ...problemResponses(400, 503) },
  })
  async ready(
    @Query() { stores }: Static<typeof ReadyParams>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const probes = stores === 'optional' ? [] : this.probes;
    try {
      const { details } = await this.health.check([
        () => this.probeLifecycle(),
        ...probes.map((probe) => () => this.probeStore(probe)),
      ]);
      return { status: 'ok', checks: details };
    } catch (error) {
      if (!(error instanceof ServiceUnavailableException)) throw error;
      const checks = checksOf(error);
      const down = Object.keys(checks).filter((name) => checks[name]?.status === 'down');
      return { ...refuseWith(request, reply, { code: 'NOT_READY', details: `not ready: ${down.join(', ')}` }), checks };
    }
  }

  private probeLifecycle(): HealthIndicatorResult {
    const indicator = this.indicators.check('process');
    return this.lifecycle.isReady ? indicator.up() : indicator.down('shutting down');
  }

  private async probeStore({ store, check }: StoreProbe): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check(store);
    return check().then(
      () => indicator.up(),
      () => indicator.down('does not answer'),
    );
  }
}

function checksOf(error: ServiceUnavailableException): HealthIndicatorResult {
  const response = error.getResponse();
  return typeof response === 'object' && 'details' in response ? (response.details as HealthIndicatorResult) : {};
}
