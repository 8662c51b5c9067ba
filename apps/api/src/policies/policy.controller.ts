import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Req, Res } from '@nestjs/common';
import { RouteSchema } from '@nestjs/platform-fastify';
import { SmartRetryError, type RetryPolicy } from '@smart-retry/domain';
import { Configuration, explainMatch } from '@smart-retry/engine';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CONFIGURATION_BODY_LIMIT } from '../http/body-limits.js';
import { ConfigurationWrites, WRITTEN } from '../http/configuration-writes.js';
import { ENTITY_TAG, setEntityTag } from '../http/entity-tag.js';
import { problemResponses } from '../http/problem-responses.js';
import { withHeaders } from '../http/response-headers.js';
import { Access } from '../http/route-access.js';
import { fromPolicyTest, PolicyTestBody, PolicyTestResponse, toMatchableJob } from './policy-test.dto.js';
import {
  PolicyChangedResponse,
  PolicyListResponse,
  PolicyParams,
  PolicyRemovedResponse,
} from './policy-responses.dto.js';
import { fromRetryPolicy, PolicyBody, PolicyReplacementBody, toRetryPolicy } from './policy.dto.js';

/** The rules: which failed jobs each is for, and the backoff it asks for. */
@Controller('policies')
export class PolicyController {
  constructor(
    private readonly configuration: Configuration,
    private readonly writes: ConfigurationWrites,
  ) {}

  @Get()
  @Access({ scope: 'read', tenant: 'refused' })
  @RouteSchema({
    summary: 'All policies, oldest first',
    tags: ['Policies'],
    response: { 200: withHeaders(PolicyListResponse, ENTITY_TAG) },
  })
  list(@Res({ passthrough: true }) reply: FastifyReply): { readonly policies: PolicyBody[] } {
    const { strategy, revision } = this.configuration.current();
    setEntityTag(reply, revision);
    return { policies: strategy.policies.map(fromRetryPolicy) };
  }

  @Get(':name')
  @Access({ scope: 'read', tenant: 'refused' })
  @RouteSchema({
    summary: 'One policy',
    tags: ['Policies'],
    params: PolicyParams,
    response: { 200: withHeaders(PolicyBody, ENTITY_TAG), ...problemResponses(404) },
  })
  get(@Param('name') name: string, @Res({ passthrough: true }) reply: FastifyReply): PolicyBody {
    const { strategy, revision } = this.configuration.current();
    const policy = strategy.policies.find((candidate) => candidate.name === name);
    if (policy === undefined) throw new SmartRetryError('POLICY_NOT_FOUND', `there is no policy named "${name}"`);
    setEntityTag(reply, revision);
    return fromRetryPolicy(policy);
  }

  @Post()
  @Access({ scope: 'operate', tenant: 'refused', bodyLimit: CONFIGURATION_BODY_LIMIT })
  @RouteSchema({
    summary: 'Adds a policy',
    tags: ['Policies'],
    body: PolicyBody,
    response: { 201: withHeaders(PolicyChangedResponse, WRITTEN), ...problemResponses(400, 409, 413, 415, 503) },
  })
  add(
    @Body() body: PolicyBody,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object | string> {
    const policy = toRetryPolicy(body, '');
    return this.writes.run(
      request,
      reply,
      (write) => this.configuration.addPolicy(policy, write),
      () => changed(201, 'added', policy),
    );
  }

  @Put(':name')
  @Access({ scope: 'operate', tenant: 'refused', bodyLimit: CONFIGURATION_BODY_LIMIT })
  @RouteSchema({
    summary: 'Replaces a policy; it keeps its age',
    tags: ['Policies'],
    params: PolicyParams,
    body: PolicyReplacementBody,
    response: { 200: withHeaders(PolicyChangedResponse, WRITTEN), ...problemResponses(400, 404, 409, 413, 415, 503) },
  })
  replace(
    @Param('name') name: string,
    @Body() body: PolicyReplacementBody,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object | string> {
    if (body.name !== undefined && body.name !== name) throw renamed();
    const policy = toRetryPolicy({ ...body, name }, '');
    return this.writes.run(
      request,
      reply,
      (write) => this.configuration.replacePolicy(name, policy, write),
      () => changed(200, 'replaced', policy),
    );
  }

  @Delete(':name')
  @Access({ scope: 'operate', tenant: 'refused' })
  @RouteSchema({
    summary: 'Removes a policy',
    tags: ['Policies'],
    params: PolicyParams,
    response: { 200: withHeaders(PolicyRemovedResponse, WRITTEN), ...problemResponses(404, 409, 503) },
  })
  remove(
    @Param('name') name: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object | string> {
    return this.writes.run(
      request,
      reply,
      (write) => this.configuration.removePolicy(name, write),
      () => ({ status: 200, body: { status: 'removed' } }),
    );
  }

  @Post('test')
  @HttpCode(200)
  @Access({ scope: 'read', tenant: 'refused' })
  @RouteSchema({
    summary: 'Which policy a job would match, and why',
    tags: ['Policies'],
    body: PolicyTestBody,
    response: { 200: PolicyTestResponse, ...problemResponses(400, 413, 415) },
  })
  test(@Body() body: PolicyTestBody) {
    return fromPolicyTest(explainMatch(this.configuration.current(), toMatchableJob(body)));
  }
}

function changed(status: number, done: string, policy: RetryPolicy) {
  return { status, body: { status: done, policy: fromRetryPolicy(policy) } };
}

function renamed(): SmartRetryError {
  const message = 'must be the name in the path, or be left out';
  return new SmartRetryError('INVALID_REQUEST', `name ${message}`, { fields: [{ path: 'name', message }] });
}
