import { Body, Controller, Get, Put, Req, Res } from '@nestjs/common';
import { RouteSchema } from '@nestjs/platform-fastify';
import type { StoredConfiguration } from '@smart-retry/domain';
import { Configuration } from '@smart-retry/engine';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CONFIGURATION_BODY_LIMIT } from '../http/body-limits.js';
import { ConfigurationWrites, WRITTEN } from '../http/configuration-writes.js';
import { dropAbsent } from '../http/drop-absent.js';
import { ENTITY_TAG, setEntityTag } from '../http/entity-tag.js';
import { problemResponses } from '../http/problem-responses.js';
import { withHeaders } from '../http/response-headers.js';
import { Access } from '../http/route-access.js';
import { optionalText } from '../http/wire-text.js';
import { Replicas } from '../replicas/replicas.js';
import { fromGuardrailSettings, GuardrailsPatch, toGuardrailChanges } from './guardrails.dto.js';
import {
  fromReplicas,
  fromRevision,
  GuardrailsInForceResponse,
  GuardrailsResponse,
  StrategyResponse,
} from './strategy-responses.dto.js';
import { fromStrategy, StrategyBody, toStrategy } from './strategy.dto.js';

type Shown = Pick<StoredConfiguration, 'strategy' | 'revision' | 'changedAtMs' | 'changedBy'>;

/** The strategy as a whole, and the hard limits that no layer can cross. */
@Controller()
export class StrategyController {
  constructor(
    private readonly configuration: Configuration,
    private readonly writes: ConfigurationWrites,
    private readonly replicas: Replicas,
  ) {}

  @Get('strategy')
  @Access({ scope: 'read', tenant: 'refused' })
  @RouteSchema({
    summary: 'The strategy in force',
    tags: ['Strategy'],
    response: { 200: withHeaders(StrategyResponse, ENTITY_TAG) },
  })
  getStrategy(@Res({ passthrough: true }) reply: FastifyReply) {
    const current = this.configuration.current();
    setEntityTag(reply, current.revision);
    return showStrategy(current);
  }

  @Put('strategy')
  @Access({ scope: 'operate', tenant: 'refused', bodyLimit: CONFIGURATION_BODY_LIMIT })
  @RouteSchema({
    summary: 'Replaces the strategy',
    tags: ['Strategy'],
    body: StrategyBody,
    response: { 200: withHeaders(StrategyResponse, WRITTEN), ...problemResponses(400, 409, 413, 415, 503) },
  })
  putStrategy(
    @Body() body: StrategyBody,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object | string> {
    return this.writes.run(
      request,
      reply,
      (write) => this.configuration.replaceStrategy((inForce) => toStrategy(body, inForce), write),
      (changed) => ({ status: 200, body: showStrategy(changed) }),
    );
  }

  @Get('guardrails')
  @Access({ scope: 'read', tenant: 'refused' })
  @RouteSchema({
    summary: 'The guardrails in force, and which process runs which revision',
    tags: ['Strategy'],
    response: { 200: withHeaders(GuardrailsInForceResponse, ENTITY_TAG) },
  })
  async getGuardrails(@Res({ passthrough: true }) reply: FastifyReply) {
    const replicas = await this.replicas.list();
    const current = this.configuration.current();
    setEntityTag(reply, current.revision);
    return { ...showGuardrails(current), replicas: fromReplicas(replicas, current.revision) };
  }

  @Put('guardrails')
  @Access({ scope: 'operate', tenant: 'refused', bodyLimit: CONFIGURATION_BODY_LIMIT })
  @RouteSchema({
    summary: 'Changes the given guardrails and keeps the others',
    tags: ['Strategy'],
    body: GuardrailsPatch,
    response: { 200: withHeaders(GuardrailsResponse, WRITTEN), ...problemResponses(400, 409, 413, 415, 503) },
  })
  putGuardrails(
    @Body() body: GuardrailsPatch,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object | string> {
    const reason = optionalText(body.reason);
    const stop = body.emergency_stop === true && reason !== undefined ? { emergency_stop_reason: reason } : {};
    const changes = toGuardrailChanges({ ...stop, ...body });
    return this.writes.run(
      request,
      reply,
      (write) => this.configuration.updateGuardrails(changes, { ...write, ...dropAbsent({ reason }) }),
      (changed) => ({ status: 200, body: showGuardrails(changed) }),
    );
  }
}

function showStrategy(shown: Shown) {
  return { ...fromStrategy(shown.strategy), ...fromRevision(shown) };
}

function showGuardrails(shown: Shown) {
  return { ...fromGuardrailSettings(shown.strategy.guardrails), ...fromRevision(shown) };
}
